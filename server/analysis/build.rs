//! Fails the build where a file in `hosts/` is wrong, with the line, and hands the others to the
//! program as JSON, which is read faster at every start.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

#[path = "src/host/data/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod data;
#[path = "src/host/validate.rs"]
mod validate;

const FOLDER: &str = "hosts";
const CONVENTIONS: &str = "conventions.yaml";

fn main() -> ExitCode {
    for watched in [FOLDER, "build.rs", "src/host/data", "src/host/validate.rs"] {
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
        if found.is_empty()
            && let Err(error) = write(path, source)
        {
            faults.push(format!("{name} cannot be handed on: {error}"));
        }
    }
    faults
}

/// Writes a file as JSON for the program.
fn write(path: &Path, source: &str) -> Result<(), Box<dyn Error>> {
    let data: serde_yaml::Value = serde_yaml::from_str(source)?;
    let name = Path::new(path.file_name().unwrap_or_default()).with_extension("json");
    let folder = env::var_os("OUT_DIR").ok_or("there is no OUT_DIR")?;
    fs::write(Path::new(&folder).join(name), serde_json::to_string(&data)?)?;
    Ok(())
}
