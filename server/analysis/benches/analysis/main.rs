//! What each step of the analysis costs: `cargo bench -p agentls-analysis`. docs/bench/README.md
//! says how two commits are compared.

mod corpus;
mod features;
mod index;
mod rules;
mod syntax;
mod team;

fn main() {
    divan::main();
}
