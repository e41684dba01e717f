//! Whatever a team looks like, its cards do not lie on each other and its ties end at them.

use agentls_analysis::agent::Symbol;
use agentls_analysis::features::graph::{Edge, EdgeKind, Node, Origin};
use agentls_analysis::index::FileId;
use agentls_analysis::path::FilePath;
use agentls_analysis::text::ByteRange;
use proptest::prelude::*;

use super::*;
use crate::graph::team::Tie;

fn member(number: usize, name: &str) -> Member {
    let path = format!("{}/agents/{number}.md", ["a", "b"][number % 2]);
    Member {
        id: path.clone(),
        node: Node {
            origin: Origin::File(FileId(number as u32)),
            name: name.to_owned(),
            symbol: Some(Symbol::Agent),
            host: None,
            path: Some(FilePath::new(&path)),
            range: ByteRange::default(),
            model: None,
            tools: None,
            description: None,
            is_root: false,
            is_unreachable: false,
        },
        href: None,
        line: 0,
    }
}

fn team(count: usize, ends: impl IntoIterator<Item = (usize, usize)>) -> Team {
    let ties = ends.into_iter().map(|(from, to)| Tie {
        edge: Edge {
            from,
            to,
            kind: EdgeKind::Delegation,
            places: vec![ByteRange::default()],
            in_cycle: false,
        },
        line: 0,
    });
    Team {
        title: String::new(),
        members: (0..count).map(|it| member(it, "somebody")).collect(),
        ties: ties.collect(),
    }
}

/// What is wrong with the picture of a team.
fn fault(team: &Team) -> Option<String> {
    let layout = layout(team);
    let touches = |card: &Rectangle, [x, y]: [f64; 2]| {
        (card.x - 1.0..=card.x + card.width + 1.0).contains(&x)
            && (card.y - 1.0..=card.y + card.height + 1.0).contains(&y)
    };
    for (number, a) in layout.nodes.iter().enumerate() {
        let (right, bottom) = (a.x + a.width, a.y + a.height);
        if a.x < 0.0 || a.y < 0.0 || right > layout.width + 0.2 || bottom > layout.height + 0.2 {
            return Some(format!("{a:?} is outside"));
        }
        for b in &layout.nodes[number + 1..] {
            let apart = |a: f64, length: f64, b: f64| a + length <= b + 0.2;
            if !apart(a.x, a.width, b.x)
                && !apart(b.x, b.width, a.x)
                && !apart(a.y, a.height, b.y)
                && !apart(b.y, b.height, a.y)
            {
                return Some(format!("{a:?} lies on {b:?}"));
            }
        }
    }
    for (tie, points) in team.ties.iter().zip(&layout.edges) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            let folder = |end: usize| team.members[end].node.path.as_ref().map(FilePath::folder);
            if layout.is_simple || folder(tie.edge.from) != folder(tie.edge.to) {
                continue;
            }
            return Some("an edge is lost".to_owned());
        };
        if !touches(&layout.nodes[tie.edge.from], *first)
            || !touches(&layout.nodes[tie.edge.to], *last)
        {
            return Some(format!("{points:?} hangs loose"));
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cards_lie_side_by_side_and_ties_end_at_them(
        ends in prop::collection::vec((0usize..24, 0usize..24), 0..60),
        hub in prop::option::of(0usize..24),
    ) {
        let leaves = hub.into_iter().flat_map(|hub| (24..36).map(move |leaf| (hub, leaf)));
        let heirs = hub.into_iter().flat_map(|hub| (36..46).map(move |heir| (heir, hub)));
        let team = team(48, ends.into_iter().chain(leaves).chain(heirs));
        prop_assert_eq!(fault(&team), None);
    }
}

#[test]
fn many_who_deal_with_one_only_make_no_picture_that_is_all_height() {
    let team = team(200, (1..200).map(|leaf| (0, leaf)));
    let layout = layout(&team);
    assert!(
        layout.height < 1.5 * layout.width,
        "{} x {}",
        layout.width,
        layout.height
    );
    assert_eq!(fault(&team), None);
}

/// One leads nine, who lead all others but three, who finish what these do.
fn crowd(count: usize) -> impl Iterator<Item = (usize, usize)> {
    let work = (10..count - 3).flat_map(move |it| [(it % 9 + 1, it), (it, count - 1 - it % 3)]);
    (1..10).map(|lead| (0, lead)).chain(work)
}

#[test]
fn a_large_team_of_several_folders_is_drawn_folder_by_folder() {
    let team = team(300, crowd(300));
    let layout = layout(&team);
    let folders: Vec<&str> = layout
        .groups
        .iter()
        .map(|(folder, _)| folder.as_str())
        .collect();
    assert_eq!(folders, ["a/agents", "b/agents"]);
    for (member, card) in team.members.iter().zip(&layout.nodes) {
        let folder = member.node.path.as_ref().map_or("", FilePath::folder);
        let (_, group) = layout
            .groups
            .iter()
            .find(|(name, _)| name == folder)
            .unwrap();
        assert!(card.x >= group.x && card.x + card.width <= group.x + group.width + 0.2);
        assert!(card.y >= group.y && card.y + card.height <= group.y + group.height + 0.2);
    }
    assert_eq!(fault(&team), None);
}

#[test]
fn a_large_team_of_one_folder_has_its_high_layers_side_by_side() {
    let mut team = team(300, crowd(300));
    for member in &mut team.members {
        member.node.path = Some(FilePath::new("agents/a.md"));
    }
    let sizes: Vec<Rectangle> = team.members.iter().map(size).collect();
    let [component] = &components(&team, &Vec::from_iter(0..300))[..] else {
        panic!("more than one");
    };
    let part = |can_spread| {
        let mut work = layered::Work::default();
        layered::layered(&team, &sizes, component, can_spread, &mut work).unwrap()
    };
    let (spread, plain) = (part(true), part(false));
    assert!(spread.height < 0.6 * plain.height);
    assert!(spread.width < 2.0 * spread.height);
    assert_eq!(fault(&team), None);
}

#[test]
fn what_would_take_too_long_is_a_grid() {
    let all = (0..400).flat_map(|from| (0..400).step_by(3).map(move |to| (from, to)));
    let team = team(400, all);
    let layout = layout(&team);
    assert!(layout.is_simple);
    assert!(layout.height < 2.0 * layout.width);
}

#[test]
fn a_wide_name_has_a_wide_card_within_bounds() {
    let width = |name: &str| size(&member(0, name)).width;
    assert_eq!(width(""), LEAST_WIDTH);
    assert!(width("漢字漢字漢字漢字") > width("abcdefgh"));
    assert_eq!(width(&"x".repeat(200)), MOST_WIDTH);
}
