//! Draws the model. Everything from outside passes through [`visible`].

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, List, ListItem, ListState, Paragraph, Wrap};

use super::keymap::KEYMAP;
use super::model::{Model, Sheet};
use crate::diagnosis::Cause;
use crate::text::{visible, visible_lines};
use crate::workspace::Outcome;

/// Below this one pane is shown at a time.
const WIDE: (u16, u16) = (80, 20);

/// Draws one frame. `colours`: false under `NO_COLOR`; meaning never rests on them.
pub(super) fn view(model: &Model, colours: bool, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < 30 || area.height < 8 {
        frame.render_widget(Paragraph::new("the window is too small: 30x8 is needed"), area);
        return;
    }
    let [top, middle, toast, bottom] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(3), Constraint::Length(1), Constraint::Length(1)])
            .areas(area);
    frame.render_widget(Paragraph::new(title(model)).style(Style::new().bold()), top);
    if area.width >= WIDE.0 && area.height >= WIDE.1 {
        let [upper, call] = Layout::vertical([Constraint::Min(10), Constraint::Length(8)]).areas(middle);
        let [left, right] = Layout::horizontal([Constraint::Percentage(36), Constraint::Min(30)]).areas(upper);
        let [token, scopes] = Layout::vertical([Constraint::Min(5), Constraint::Length(7)]).areas(right);
        for (pane, area) in [left, token, scopes, call].into_iter().enumerate() {
            draw_pane(model, pane, colours, frame, area);
        }
    } else {
        draw_pane(model, model.pane, colours, frame, middle);
    }
    if let Some(sheet) = &model.sheet {
        draw_sheet(model, sheet, frame, middle);
    }
    let said = model.toast.as_deref().or(model.pending.then_some("waiting; Esc cancels")).unwrap_or_default();
    frame.render_widget(Paragraph::new(visible(said).into_owned()).style(Style::new().bold()), toast);
    frame.render_widget(Paragraph::new(footer(model)).style(Style::new().dim()), bottom);
}

fn title(model: &Model) -> String {
    let token = match &model.token {
        None => "no token: paste one, or press o".to_owned(),
        Some(token) => {
            let shown = if model.revealed { token.secret.expose().to_owned() } else { token.secret.masked() };
            format!("token {}", visible(&shown))
        }
    };
    format!(" tokscope   {token}   1 Endpoints  2 Token  3 Scopes  4 Call")
}

fn footer(model: &Model) -> String {
    if model.filtering {
        return format!(" filter: {}_   Enter keeps it, Esc drops it", visible(&model.filter));
    }
    let bindings = KEYMAP.iter().filter(|binding| binding.footer && (model.demo || binding.keys != "a"));
    let words: Vec<String> = bindings
        .map(|binding| format!("{} {}", binding.keys, binding.words.split([' ', ',']).next().unwrap_or_default()))
        .collect();
    format!(" {}", words.join("  "))
}

fn draw_pane(model: &Model, pane: usize, colours: bool, frame: &mut Frame<'_>, area: Rect) {
    let names = ["1 Endpoints", "2 Token", "3 Scopes", "4 Call"];
    let name = names.get(pane).copied().unwrap_or_default();
    let focused = pane == model.pane;
    let style =
        if focused { Style::new().add_modifier(Modifier::BOLD) } else { Style::new().add_modifier(Modifier::DIM) };
    let heading = if focused { format!(" {name} * ") } else { format!(" {name} ") };
    let block = Block::bordered().title(heading).border_style(style);
    if pane == 0 {
        endpoints(model, block, frame, area);
        return;
    }
    let lines = match pane {
        1 => token_lines(model),
        2 => scope_lines(model, colours),
        _ => call_lines(model, colours),
    };
    let scroll = model.scroll.get(pane).copied().unwrap_or_default();
    frame.render_widget(Paragraph::new(lines).block(block).wrap(Wrap { trim: false }).scroll((scroll, 0)), area);
}

fn endpoints(model: &Model, block: Block<'_>, frame: &mut Frame<'_>, area: Rect) {
    let items = model.shown.iter().filter_map(|index| model.rows.get(*index)).map(|row| {
        let marked = if model.marked.contains(&row.id) { "x" } else { " " };
        ListItem::new(format!("{marked}{} {}", row.mark.symbol(), row.name))
    });
    let list = List::new(items)
        .block(block.title_bottom(" + allowed  ! not  x marked "))
        .highlight_symbol(">")
        .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    let mut state = ListState::default().with_selected((!model.shown.is_empty()).then_some(model.selected));
    frame.render_stateful_widget(list, area, &mut state);
}

fn token_lines(model: &Model) -> Vec<Line<'static>> {
    let Some(token) = &model.token else {
        return vec![Line::from("no token yet"), Line::from("paste one anywhere, or press o to obtain one")];
    };
    let mut lines: Vec<Line<'static>> = model.obtained.iter().map(|line| Line::from(line.clone())).collect();
    for claim in &model.claims {
        lines.push(Line::from(vec![
            Span::styled(format!("{:<10} ", visible(&claim.name)), Style::new().bold()),
            Span::from(format!("{}  ", visible(&claim.value))),
            Span::styled(visible(&claim.words).into_owned(), Style::new().dim()),
        ]));
    }
    for finding in &token.decoded.findings {
        lines.push(Line::from(format!("{}[{}]: {}", finding.severity(), finding.code.name, visible(&finding.message))));
    }
    lines.push(Line::styled("the signature is not checked", Style::new().dim()));
    lines
}

fn coloured(colours: bool, colour: Color) -> Style {
    if colours { Style::new().fg(colour).bold() } else { Style::new().bold() }
}

fn scope_lines(model: &Model, colours: bool) -> Vec<Line<'static>> {
    let Some(row) = model.current() else { return Vec::new() };
    let Some((_, endpoint)) = model.workspace.endpoint(row.id) else { return Vec::new() };
    let mut lines = vec![Line::from(format!("{} requires {}", row.name, endpoint.requirement))];
    let Some(check) = &model.check else {
        lines.push(Line::from("no token to hold against it"));
        return lines;
    };
    lines.push(match &check.outcome {
        Outcome::Allowed => Line::styled("+ allowed", coloured(colours, Color::Green)),
        Outcome::Missing => {
            let missing: Vec<String> =
                check.comparison.iter().flat_map(|found| &found.missing).map(ToString::to_string).collect();
            Line::styled(format!("! missing: {}", missing.join("  or  ")), coloured(colours, Color::Red))
        }
        Outcome::Unusable(reason) => {
            Line::styled(format!("! unusable: {}", visible(reason)), coloured(colours, Color::Red))
        }
    });
    if let Some(found) = check.comparison.as_ref().filter(|found| !found.superfluous.is_empty()) {
        lines.push(Line::from(format!("granted and not needed here: {}", found.superfluous)));
    }
    lines
}

fn call_lines(model: &Model, colours: bool) -> Vec<Line<'static>> {
    let Some(called) = &model.called else { return vec![Line::from("nothing was called yet: press c")] };
    let diagnosis = &called.diagnosis;
    let status = format!(
        "{} {}   {} in {} ms",
        called.method,
        visible(called.url.as_str()),
        called.status,
        called.elapsed.as_millis()
    );
    let mut lines = vec![Line::from(status)];
    if diagnosis.cause == Cause::None {
        let body = String::from_utf8_lossy(&called.body).into_owned();
        lines.extend(visible_lines(&body).lines().take(200).map(|line| Line::from(line.to_owned())));
        return lines;
    }
    let sentence = format!("{} ({})", visible(&diagnosis.sentence), diagnosis.confidence.as_str());
    lines.push(Line::styled(sentence, coloured(colours, Color::Red)));
    let witnesses = &diagnosis.witnesses;
    for (name, witness) in
        [("manifest", &witnesses.manifest), ("token", &witnesses.token), ("server", &witnesses.server)]
    {
        let says = witness.as_ref().map_or("nothing", |witness| witness.says.as_str());
        lines.push(Line::from(format!("  {name:<9}{}", visible(says))));
    }
    let agreement = match diagnosis.agree {
        Some(true) => "(they agree) ",
        Some(false) => "(they disagree) ",
        None => "",
    };
    lines.push(Line::from(format!("{agreement}next: {}", visible(&diagnosis.next))));
    lines
}

fn draw_sheet(model: &Model, sheet: &Sheet, frame: &mut Frame<'_>, area: Rect) {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let title = match sheet {
        Sheet::Help => {
            lines.extend(KEYMAP.iter().map(|binding| Line::from(format!("{:<9}{}", binding.keys, binding.words))));
            lines.push(Line::from("a paste anywhere is a token"));
            " help: Esc "
        }
        Sheet::Obtain { plan, .. } => {
            lines.push(Line::from(format!("client {} asks for exactly: {}", visible(&plan.client), plan.scopes)));
            for (scope, why) in &plan.cover.certificate.scopes {
                let why: Vec<_> = why.iter().map(|endpoint| visible(endpoint)).collect();
                lines.push(Line::from(format!("  {scope}  for {}", why.join(", "))));
            }
            for left in &plan.cover.uncovered {
                lines.push(Line::from(format!("left out by the client's ceiling: {}", visible(&left.endpoint))));
            }
            " obtain: Enter goes, Esc cancels "
        }
        Sheet::Waiting { url } => {
            match url {
                None => lines.push(Line::from("asking the authorization server")),
                Some(url) => {
                    lines.push(Line::from("sign in at (y copies it):"));
                    lines.push(Line::from(visible(url).into_owned()));
                    if model.demo {
                        lines.push(Line::from("or press a: the demo's user signs in and approves"));
                    }
                }
            }
            " waiting for the browser: Esc cancels "
        }
        Sheet::Prompt { request, open, text } => {
            let name = model.workspace.endpoint(request.endpoint).map(|(_, endpoint)| endpoint.to_string());
            let parameter = open.first().map(String::as_str).unwrap_or_default();
            lines.push(Line::from(visible(&name.unwrap_or_default()).into_owned()));
            lines.push(Line::from(format!("{} = {}_", visible(parameter), visible(text))));
            " a path parameter: Enter goes on, Esc cancels "
        }
        Sheet::Confirm { request } => {
            let name = model.workspace.endpoint(request.endpoint).map(|(_, endpoint)| endpoint.to_string());
            lines.push(Line::from(format!("{} may change something", visible(&name.unwrap_or_default()))));
            " call it? Enter calls, Esc does not "
        }
    };
    let width = area.width.saturating_sub(4).min(100);
    let height = (u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(8)).min(area.height);
    let sheet_area =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, sheet_area);
    frame.render_widget(
        Paragraph::new(lines).wrap(Wrap { trim: false }).block(Block::bordered().title(title)),
        sheet_area,
    );
}
