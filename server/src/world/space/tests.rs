#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use super::super::scan::{Workers, scan};
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

/// A workspace of one agent, walked, and the agent's path.
fn with_one(folder: &Path) -> (Space, std::path::PathBuf) {
    let root = folder.canonicalize().unwrap();
    let path = root.join(".claude/agents/a.md");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    write(&path, "first");
    let mut space = Space::new(Some(root), true, Arc::default());
    space.is_ready = true;
    let known = scan(&space.begin_walk().unwrap());
    _ = space.take(known);
    assert!(!space.end_walk());
    (space, path)
}

/// Names of another length, so that the file is seen to be another one at once.
fn write(path: &Path, name: &str) {
    std::fs::write(path, format!("---\nname: {name}\n---\nWork.\n")).unwrap();
}

fn name(space: &Space) -> String {
    let mut files = space.workspace.index.files();
    let (_, file) = files.next().unwrap();
    file.facts.agent().unwrap().name.to_string()
}

fn read(wanted: &[Wanted]) -> Vec<Parsed> {
    let workers = Workers::default();
    wanted.iter().map(|wanted| workers.read(wanted)).collect()
}

fn read_again(space: &mut Space, path: &Path) -> Vec<Wanted> {
    let wanted = [space.known_file(path).unwrap()];
    let turn = space.begin_reading(&wanted);
    space.take_read_again(turn, read(&wanted)).again
}

#[test]
fn a_walk_does_not_undo_what_was_read_after_it_had_passed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    write(&path, "the second");
    let under_way = scan(&space.begin_walk().unwrap());
    write(&path, "this is the third");
    _ = read_again(&mut space, &path);
    assert_eq!(name(&space), "this is the third");
    _ = space.take(under_way);
    assert_eq!(name(&space), "this is the third");
    assert!(space.end_walk(), "another walk is due");
    let next = scan(&space.begin_walk().unwrap());
    _ = space.take(next);
    assert!(!space.end_walk());
    assert_eq!(name(&space), "this is the third");
}

#[test]
fn a_file_that_is_deleted_behind_a_walk_is_not_found_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    write(&path, "the second");
    let under_way = scan(&space.begin_walk().unwrap());
    std::fs::remove_file(&path).unwrap();
    _ = space.forget(&path);
    _ = space.take(under_way);
    assert_eq!(space.workspace.index.files().count(), 0);
    assert!(space.end_walk(), "another walk is due");
}

#[test]
fn a_body_of_another_text_than_the_header_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    write(&path, "the second");
    let (wanted, _) = space.begin_bodies().unwrap();
    let again = space.take_bodies(read(&wanted)).again;
    assert_eq!(again.len(), 1);
    let turn = space.begin_reading(&again);
    let again = space.take_read_again(turn, read(&again)).again;
    assert!(again.is_empty());
    space.end_bodies();
    assert_eq!(name(&space), "the second");
    assert!(space.begin_bodies().is_none(), "nothing is left to read");
}

#[test]
fn a_file_that_is_being_read_again_is_not_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    let (bodies, _) = space.begin_bodies().unwrap();
    write(&path, "the second");
    let wanted = [space.known_file(&path).unwrap()];
    let turn = space.begin_reading(&wanted);
    let again = space.take_bodies(read(&bodies)).again;
    assert!(again.is_empty(), "it is on its way");
    assert_eq!(space.being_read().count(), 1);
    let again = space.take_read_again(turn, read(&wanted)).again;
    assert!(again.is_empty());
    assert_eq!(space.being_read().count(), 0);
    assert_eq!(name(&space), "the second");
}

#[test]
fn of_two_readings_only_the_one_that_began_last_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    let wanted = [space.known_file(&path).unwrap()];
    write(&path, "the second");
    let earlier = space.begin_reading(&wanted);
    let seen_earlier = read(&wanted);
    write(&path, "this is the third");
    let later = space.begin_reading(&wanted);
    _ = space.take_read_again(later, read(&wanted));
    _ = space.take_read_again(earlier, seen_earlier);
    assert_eq!(name(&space), "this is the third");
}

#[test]
fn a_name_outlives_a_text_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    let mut text = b"---\nname: the second\n---\n".to_vec();
    text.resize(20_000, b'x');
    text.push(0xe9);
    std::fs::write(&path, text).unwrap();
    let wanted = [space.known_file(&path).unwrap()];
    let turn = space.begin_reading(&wanted);
    let taken = space.take_read_again(turn, read(&wanted));
    assert!(taken.is_walk_due);
    let next = scan(&space.begin_walk().unwrap());
    _ = space.take(next);
    assert!(!space.end_walk());
    assert_eq!(name(&space), "the second");
    let (bodies, _) = space.begin_bodies().unwrap();
    let taken = space.take_bodies(read(&bodies));
    assert!(taken.again.is_empty() && !taken.is_walk_due);
    assert_eq!(name(&space), "the second");
}

#[test]
fn a_file_that_turns_unreadable_is_told_of_by_the_walk_that_follows() {
    let folder = tempfile::tempdir().unwrap();
    let (mut space, path) = with_one(folder.path());
    std::fs::write(&path, b"---\nname: \xe9\n---\n").unwrap();
    let wanted = [space.known_file(&path).unwrap()];
    let turn = space.begin_reading(&wanted);
    assert!(space.take_read_again(turn, read(&wanted)).is_walk_due);
    let next = scan(&space.begin_walk().unwrap());
    _ = space.take(next);
    assert!(!space.end_walk());
    assert_eq!(space.workspace.index.files().count(), 0);
    assert_eq!(space.unreadable().len(), 1);
}
