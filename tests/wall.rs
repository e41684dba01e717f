//! The wall between the two crates: analysis knows no protocol, no runtime and no file system.

use std::process::Command;

#[test]
fn the_analysis_crate_depends_on_no_runtime_no_protocol_and_no_walk() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "agentls-analysis",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--offline",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let packages: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(
        packages.contains(&"tree-sitter-md"),
        "this is the tree of the analysis crate:\n{tree}"
    );
    let banned = [
        // Runtimes and what comes with them.
        "async-std",
        "futures",
        "futures-core",
        "mio",
        "smol",
        "tokio",
        "tokio-util",
        // The protocol.
        "ls-types",
        "lsp-server",
        "lsp-types",
        "tower",
        "tower-lsp",
        "tower-lsp-server",
        // The file system and the command line.
        "clap",
        "glob",
        "ignore",
        "notify",
        "walkdir",
    ];
    for package in packages {
        assert!(
            !banned.contains(&package),
            "agentls-analysis depends on {package}:\n{tree}"
        );
    }
}
