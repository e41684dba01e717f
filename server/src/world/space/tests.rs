#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use super::super::scan::scan;
use super::*;

#[test]
fn a_file_that_is_moved_away_and_back_during_a_walk_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let path = root.join(".claude/agents/a.md");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "---\nname: a\ndescription: Works.\n---\nWork.\n").unwrap();
    let file = FilePath::new(".claude/agents/a.md");
    let mut space = Space::new(Some(root), true, Arc::default());
    let known = scan(&space.begin_walk().unwrap());
    _ = space.take(known);
    assert!(!space.end_walk());

    let under_way = scan(&space.begin_walk().unwrap());
    _ = space.forget(&path);
    assert!(space.workspace.index.id_of(&file).is_none());
    _ = space.take(under_way);
    assert!(space.end_walk(), "another walk is due");

    let next = scan(&space.begin_walk().unwrap());
    _ = space.take(next);
    assert!(!space.end_walk());
    assert!(space.workspace.index.id_of(&file).is_some());
}
