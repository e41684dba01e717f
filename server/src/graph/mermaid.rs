//! The team as a flowchart of Mermaid, as markdown on GitHub draws it.

use std::fmt::Write;

use agentls_analysis::features::graph::{EdgeKind, Origin};

use super::Drawing;
use super::team::{Member, Team};

/// Most edges of a flowchart that GitHub draws: Mermaid's `maxEdges`.
const MAX_EDGES: usize = 500;

/// Most UTF-16 code units of its text: Mermaid's `maxTextSize`.
const MAX_TEXT: usize = 50_000;

/// What the picture means, for whoever reads its source.
const LEGEND: &str = "\
%% Drawn by `agentls graph`. Boxes are agents, rounded ones skills, double ones commands,
%% slanted ones other files; hexagons are names without a file.
%% --> delegates to, -.-> extends, --o preloads the skill.
%% start: it delegates and nobody delegates to it. unreached: nobody delegates to it and it
%% delegates to nobody. broken: nothing is called so. Red lines are part of a cycle.
";

/// How the marks look, on light and on dark ground.
const CLASSES: &str = "  classDef start stroke:#2563eb,stroke-width:3px
  classDef unreached stroke:#9ca3af,stroke-dasharray:5 4
  classDef broken stroke:#dc2626,stroke-width:2px,stroke-dasharray:3 3
  classDef outside stroke:#9ca3af,stroke-dasharray:1 3
";

/// The flowchart, and a sentence where GitHub does not draw one so large.
pub(super) fn write(team: &Team) -> Drawing {
    let text = flowchart(team);
    let advice = advice(team.ties.len(), text.encode_utf16().count());
    let text = match &advice {
        Some(advice) => format!("%% {advice}\n{text}"),
        None => text,
    };
    Drawing { text, advice }
}

fn advice(edges: usize, length: usize) -> Option<String> {
    let (most, count, what) = if edges > MAX_EDGES {
        (MAX_EDGES, edges, "edges")
    } else if length > MAX_TEXT {
        (MAX_TEXT, length, "characters")
    } else {
        return None;
    };
    Some(format!(
        "GitHub draws at most {most} {what}, and this team has {count}: \
         draw a folder of it, or use --format html."
    ))
}

fn flowchart(team: &Team) -> String {
    let mut out = String::from(LEGEND);
    out.push_str("flowchart LR\n");
    let mut classes: [(&str, Vec<String>); 4] =
        ["start", "unreached", "broken", "outside"].map(|class| (class, Vec::new()));
    for (number, member) in team.members.iter().enumerate() {
        let (open, close) = shape(member);
        let mut label = escaped(&member.node.name);
        let path = member.path();
        for line in [Some(member.details()), path].into_iter().flatten() {
            if !line.is_empty() {
                label.push_str("<br/>");
                label.push_str(&escaped(&line));
            }
        }
        _ = writeln!(out, "  n{number}{open}\"{label}\"{close}");
        let node = &member.node;
        let marks = [
            node.is_root,
            node.is_unreachable,
            matches!(node.origin, Origin::Broken(_)),
            matches!(
                node.origin,
                Origin::Builtin(..) | Origin::External(_) | Origin::User(_)
            ),
        ];
        for ((_, members), is_marked) in classes.iter_mut().zip(marks) {
            if is_marked {
                members.push(format!("n{number}"));
            }
        }
    }
    let mut cycles = Vec::new();
    for (number, tie) in team.ties.iter().enumerate() {
        let edge = &tie.edge;
        let arrow = match edge.kind {
            EdgeKind::Delegation => "-->",
            EdgeKind::Extends => "-.->",
            EdgeKind::Skill => "--o",
        };
        _ = writeln!(out, "  n{} {arrow} n{}", edge.from, edge.to);
        if edge.in_cycle {
            cycles.push(number.to_string());
        }
    }
    out.push_str(CLASSES);
    for (class, members) in classes.iter().filter(|(_, members)| !members.is_empty()) {
        _ = writeln!(out, "  class {} {class}", members.join(","));
    }
    if !cycles.is_empty() {
        _ = writeln!(out, "  linkStyle {} stroke:#dc2626", cycles.join(","));
    }
    out
}

fn shape(member: &Member) -> (&'static str, &'static str) {
    match member.kind() {
        "agent" => ("[", "]"),
        "skill" => ("([", "])"),
        "command" => ("[[", "]]"),
        "unknown" => ("{{", "}}"),
        _ => ("[/", "/]"),
    }
}

/// A text in quotes: what could be markup or the end of it is written as the number of its
/// character, which Mermaid reads back.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            c if c.is_alphanumeric() || !c.is_ascii() || matches!(c, ' ' | '-' | '/') => {
                out.push(c);
            }
            c => _ = write!(out, "#{};", u32::from(c)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_draws_more_than_github_does_is_told() {
        assert_eq!(advice(MAX_EDGES, MAX_TEXT), None);
        let told = |edges, length| advice(edges, length).unwrap();
        assert_eq!(
            told(1039, 10),
            "GitHub draws at most 500 edges, and this team has 1039: draw a folder of it, or use \
             --format html."
        );
        assert!(told(1, 50_001).starts_with("GitHub draws at most 50000 characters, and"));
    }

    #[test]
    fn nothing_in_a_name_is_markup() {
        assert_eq!(escaped("code-reviewer"), "code-reviewer");
        assert_eq!(escaped("\"]; end"), "#34;#93;#59; end");
        assert_eq!(escaped("<b>#1\n`x`"), "#60;b#62;#35;1 #96;x#96;");
        assert_eq!(escaped("tést 😀 & 1. x_y"), "tést 😀 #38; 1#46; x#95;y");
    }
}
