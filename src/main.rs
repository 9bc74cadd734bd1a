//! The program: arguments, standard streams and exit code.

fn main() {}
