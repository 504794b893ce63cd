//! Changes of groups of approvers.

use super::{
    APPROVAL_LOWERED, APPROVAL_RAISED, APPROVER_ADDED, APPROVER_REMOVED, APPROVERS_ADDED, APPROVERS_CHANGED,
    APPROVERS_REMOVED, Change, ChangeKind, EMERGENCY_ALLOWED, EMERGENCY_DENIED, WINDOW_RAISED,
};
use crate::manifest::{ApproverKey, ApproverRule, Approvers, Manifest};

pub(super) fn compare(old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    for before in &old.approvers {
        match new.approvers(&before.name) {
            Some(after) => one(before, after, changes),
            None => push(&APPROVERS_REMOVED, before, summary(before), changes),
        }
    }
    for after in new.approvers.iter().filter(|group| old.approvers(&group.name).is_none()) {
        push(&APPROVERS_ADDED, after, summary(after), changes);
    }
}

fn push(kind: &'static ChangeKind, group: &Approvers, message: String, changes: &mut Vec<Change>) {
    let subject = format!("approvers {}", group.name);
    changes.push(Change { kind, subject, message, endpoints: Vec::new(), clients: Vec::new() });
}

fn named(key: &ApproverKey) -> String {
    let owner = key.owner.as_ref().map(|owner| format!("{owner} ")).unwrap_or_default();
    format!("{owner}{}", key.key.fingerprint())
}

/// Describes whose approval is sufficient.
fn summary(group: &Approvers) -> String {
    match &group.rule {
        ApproverRule::Keys { need, keys } => {
            format!("{need} of {}", keys.iter().map(named).collect::<Vec<_>>().join(", "))
        }
        ApproverRule::AnyOf(alternatives) => {
            alternatives.iter().map(|groups| groups.join(" and ")).collect::<Vec<_>>().join(", or ")
        }
    }
}

fn one(before: &Approvers, after: &Approvers, changes: &mut Vec<Change>) {
    match (&before.rule, &after.rule) {
        (ApproverRule::Keys { need: was, .. }, ApproverRule::Keys { need: is, .. }) => {
            for (kind, more, less) in [(&APPROVER_ADDED, after, before), (&APPROVER_REMOVED, before, after)] {
                for key in more.keys().iter().filter(|key| !less.keys().contains(key)) {
                    push(kind, after, named(key), changes);
                }
            }
            if was != is {
                let kind = if is < was { &APPROVAL_LOWERED } else { &APPROVAL_RAISED };
                push(kind, after, format!("changed from {was} to {is}"), changes);
            }
        }
        _ if summary(before) == summary(after) => {}
        _ => {
            push(&APPROVERS_CHANGED, after, format!("changed from {} to {}", summary(before), summary(after)), changes);
        }
    }
    for (kind, changed, message) in [
        (&EMERGENCY_ALLOWED, !before.emergency && after.emergency, "`emergency` is now true"),
        (&EMERGENCY_DENIED, before.emergency && !after.emergency, "`emergency` is now false"),
        (&WINDOW_RAISED, after.longest_window() > before.longest_window(), "`max_window` is longer"),
        (&APPROVERS_CHANGED, before.reason && !after.reason, "`reason` is no longer required"),
    ] {
        if changed {
            push(kind, after, message.to_owned(), changes);
        }
    }
}
