//! Whatever a manifest holds: nothing panics, and what is formatted means the same as before.

use tokscope::manifest::{diff, format, lint, parse, render};
use tokscope::scope::compare;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let parsed = parse(source);
    for finding in &parsed.findings {
        let _ = render("tokscope.toml", source, finding);
    }
    let formatted = format(source, true).ok();
    let Some(manifest) = parsed.manifest else { return };
    for finding in lint(&manifest) {
        let _ = render("tokscope.toml", source, &finding);
    }
    assert!(diff(&manifest, &manifest).is_empty());
    for api in &manifest.apis {
        let held = api.scopes.iter().map(|declared| declared.scope.clone()).collect();
        for endpoint in &api.endpoints {
            let _ = compare(&held, &endpoint.requirement, &api.hierarchy);
            let _ = manifest.answers(endpoint.method.as_str(), endpoint.template.as_str());
        }
    }
    if let Some(formatted) = formatted {
        let again = parse(&formatted).manifest.expect("what is formatted is a manifest");
        assert!(diff(&manifest, &again).is_empty());
        assert_eq!(format(&formatted, true).as_deref(), Ok(formatted.as_str()));
    }
}
