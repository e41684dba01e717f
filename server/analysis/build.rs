//! Fails the build where a file in `hosts/` is wrong, with the line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

#[path = "src/host/data.rs"]
#[allow(dead_code, unreachable_pub)]
mod data;
#[path = "src/host/validate.rs"]
mod validate;

const FOLDER: &str = "hosts";
const CONVENTIONS: &str = "conventions.yaml";

fn main() -> ExitCode {
    for watched in [
        FOLDER,
        "build.rs",
        "src/host/data.rs",
        "src/host/validate.rs",
    ] {
        tell(&format!("rerun-if-changed={watched}"));
    }
    let faults = match read(Path::new(FOLDER)) {
        Ok(files) => faults(&files),
        Err(error) => vec![format!("{FOLDER} cannot be read: {error}")],
    };
    for fault in &faults {
        tell(&format!("error={fault}"));
    }
    match faults.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Says something to cargo, which listens on stdout.
#[allow(clippy::print_stdout)]
fn tell(what: &str) {
    println!("cargo::{what}");
}

/// The files with their texts, by name.
fn read(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| Ok((path.clone(), fs::read_to_string(path)?)))
        .collect()
}

fn faults(files: &[(PathBuf, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, source) in files {
        let name = path.display().to_string();
        let found = match path.ends_with(CONVENTIONS) {
            true => validate::conventions(&name, source),
            false => validate::host(&name, source),
        };
        faults.extend(found.iter().map(ToString::to_string));
    }
    faults
}
