//! The team in the language of Graphviz, with a cluster for each folder.

use std::collections::BTreeMap;
use std::fmt::Write;

use agentls_analysis::features::graph::{EdgeKind, Origin};

use super::team::{Member, Team};

const HEAD: &str = "\
// Drawn by `agentls graph`. Solid arrows delegate, dashed ones with an empty tip extend, those
// with a dot preload a skill; red ones are part of a cycle. Blue: it delegates and nobody
// delegates to it. Grey and dashed: nobody delegates to it and it delegates to nobody. Red and
// dashed: nothing is called so.
digraph team {
  graph [rankdir=LR, fontname=\"Helvetica\", fontsize=11, color=\"#9ca3af\", ranksep=1, nodesep=0.3]
  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11]
  edge [fontname=\"Helvetica\", fontsize=9, color=\"#4b5563\"]
";

pub(super) fn write(team: &Team) -> String {
    let mut out = String::from(HEAD);
    let mut folders: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (number, member) in team.members.iter().enumerate() {
        let path = member.node.path.as_ref();
        let folder = path.map(|path| path.folder()).filter(|it| !it.is_empty());
        folders.entry(folder).or_default().push(number);
    }
    for (number, (folder, members)) in folders.into_iter().enumerate() {
        let indent = match folder {
            Some(folder) => {
                _ = writeln!(out, "  subgraph cluster_{number} {{");
                _ = writeln!(out, "    label=\"{}\"", escaped(folder));
                "    "
            }
            None => "  ",
        };
        for member in members {
            _ = writeln!(
                out,
                "{indent}n{member} [{}]",
                attributes(&team.members[member])
            );
        }
        if folder.is_some() {
            out.push_str("  }\n");
        }
    }
    for tie in &team.ties {
        let edge = &tie.edge;
        let mut attributes: Vec<String> = Vec::new();
        match edge.kind {
            EdgeKind::Delegation => {}
            EdgeKind::Extends => attributes.push("style=dashed, arrowhead=empty".to_owned()),
            EdgeKind::Skill => attributes.push("arrowhead=dot".to_owned()),
        }
        if edge.in_cycle || team.is_broken(tie) {
            attributes.push("color=\"#dc2626\"".to_owned());
        }
        if edge.places.len() > 1 {
            attributes.push(format!("label=\"{}×\"", edge.places.len()));
        }
        _ = write!(out, "  n{} -> n{}", edge.from, edge.to);
        if !attributes.is_empty() {
            _ = write!(out, " [{}]", attributes.join(", "));
        }
        out.push('\n');
    }
    out.push_str("}\n");
    out
}

fn attributes(member: &Member) -> String {
    let node = &member.node;
    let mut label = escaped(&node.name);
    // The cluster says the folder.
    let path = node.path.as_ref();
    let file = path
        .map(|path| path.file_name())
        .filter(|it| *it != node.name);
    let details = member.details();
    for line in [Some(&*details), file].into_iter().flatten() {
        if !line.is_empty() {
            _ = write!(label, "\\n{}", escaped(line));
        }
    }
    let mut written = format!("label=\"{label}\"");
    let shape = match member.kind() {
        "agent" => None,
        "skill" => Some("ellipse"),
        "command" => Some("cds"),
        "unknown" => Some("hexagon"),
        _ => Some("note"),
    };
    if let Some(shape) = shape {
        _ = write!(written, ", shape={shape}");
    }
    let is_outside = matches!(
        node.origin,
        Origin::Builtin(..) | Origin::External(_) | Origin::User(_)
    );
    if matches!(node.origin, Origin::Broken(_)) {
        written.push_str(", color=\"#dc2626\", fontcolor=\"#dc2626\", style=dashed");
    } else if node.is_root {
        written.push_str(", color=\"#2563eb\", penwidth=2");
    } else if node.is_unreachable {
        written.push_str(", color=\"#9ca3af\", style=\"rounded,dashed\"");
    } else if is_outside {
        written.push_str(", color=\"#9ca3af\", style=dotted");
    }
    for (key, value) in [("tooltip", &node.description), ("URL", &member.href)] {
        if let Some(value) = value {
            _ = write!(written, ", {key}=\"{}\"", escaped(value));
        }
    }
    written
}

/// A text in quotes. Graphviz reads entities and escapes in it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        assert_eq!(escaped("code-reviewer"), "code-reviewer");
        assert_eq!(escaped("\"]; \\N"), "\\\"]; \\\\N");
        assert_eq!(escaped("&lt;b\n😀"), "&amp;lt;b 😀");
    }
}
