//! The imports of source files, read from their tokens, and circles among them.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module's path below the crate, such as `["http", "client"]`; empty for `lib.rs`.
pub type ModulePath = Vec<String>;

/// Every file of `src/` with the modules that it imports.
pub struct Imports {
    pub files: BTreeMap<ModulePath, String>,
    pub of_code: BTreeMap<ModulePath, BTreeSet<ModulePath>>,
    pub of_tests: BTreeMap<ModulePath, BTreeSet<ModulePath>>,
}

impl Imports {
    /// Reads the imports of `sources`: paths below `src/` with their text.
    pub fn new(sources: &[(String, String)]) -> Self {
        let files: BTreeMap<_, _> =
            sources.iter().map(|(path, _)| (module_path(path), path.clone())).collect();
        let mut imports =
            Self { files, of_code: BTreeMap::default(), of_tests: BTreeMap::default() };
        for (path, source) in sources {
            let module = module_path(path);
            let tokens: TokenStream = source.parse().expect(path);
            imports.read(tokens, &module, &module, false);
        }
        imports
    }

    /// Reads the paths in `tokens`, which are in the inline module `scope` of the file `file`.
    fn read(&mut self, tokens: TokenStream, file: &ModulePath, scope: &ModulePath, is_test: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(name) if *name == "mod" => {
                    let name = tokens.get(at + 1).map(ToString::to_string).unwrap_or_default();
                    if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
                        let scope = [scope.as_slice(), std::slice::from_ref(&name)].concat();
                        self.read(body.stream(), file, &scope, is_test || name == "tests");
                        at += 3;
                        continue;
                    }
                }
                TokenTree::Ident(_) if !is_separator(&tokens, at.wrapping_sub(2)) => {
                    self.read_path(&tokens, at, file, scope, is_test);
                }
                TokenTree::Group(group) => self.read(group.stream(), file, scope, is_test),
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads the path that begins at `at`, with every branch of `{…}` behind it.
    fn read_path(
        &mut self,
        tokens: &[TokenTree],
        at: usize,
        file: &ModulePath,
        scope: &ModulePath,
        is_test: bool,
    ) {
        let first = tokens[at].to_string();
        let start = match first.as_str() {
            "crate" | "sotickets" => Vec::new(),
            "self" => scope.clone(),
            "super" => scope[..scope.len().saturating_sub(1)].to_vec(),
            _ => [scope.as_slice(), &[first]].concat(),
        };
        if is_separator(tokens, at + 1) {
            self.follow(&tokens[at + 3..], start, file, is_test);
        }
    }

    /// Follows a path from the module `start` through `tokens`, and adds each import at its end.
    fn follow(
        &mut self,
        tokens: &[TokenTree],
        start: ModulePath,
        file: &ModulePath,
        is_test: bool,
    ) {
        match tokens.first() {
            Some(TokenTree::Ident(name)) if *name == "super" => {
                let parent = start[..start.len().saturating_sub(1)].to_vec();
                self.follow_or_add(tokens, parent, file, is_test);
            }
            Some(TokenTree::Ident(name)) if *name != "self" => {
                let longer = [start.as_slice(), &[name.to_string()]].concat();
                self.follow_or_add(tokens, longer, file, is_test);
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inner.split(|token| token.to_string() == ",") {
                    self.follow(branch, start.clone(), file, is_test);
                }
            }
            _ => self.add(start, file, is_test),
        }
    }

    fn follow_or_add(
        &mut self,
        tokens: &[TokenTree],
        path: ModulePath,
        file: &ModulePath,
        is_test: bool,
    ) {
        if is_separator(tokens, 1) {
            self.follow(&tokens[3..], path, file, is_test);
        } else {
            self.add(path, file, is_test);
        }
    }

    /// Adds an import of the file that defines `path`, unless that is the file itself.
    fn add(&mut self, mut path: ModulePath, file: &ModulePath, is_test: bool) {
        while !path.is_empty() && !self.files.contains_key(&path) {
            path.pop();
        }
        if path == *file || !self.files.contains_key(&path) {
            return;
        }
        let imports = if is_test { &mut self.of_tests } else { &mut self.of_code };
        imports.entry(file.clone()).or_default().insert(path);
    }

    /// Returns the first circle of files that import each other, as `a -> b -> a`.
    pub fn circle(&self) -> Option<String> {
        let mut finished = BTreeSet::new();
        for file in self.files.keys() {
            let mut trail = Vec::new();
            if let Some(circle) = self.circle_from(file, &mut trail, &mut finished) {
                let names: Vec<&str> = circle.iter().map(|file| &*self.files[file]).collect();
                return Some(names.join(" -> "));
            }
        }
        None
    }

    fn circle_from(
        &self,
        file: &ModulePath,
        trail: &mut Vec<ModulePath>,
        finished: &mut BTreeSet<ModulePath>,
    ) -> Option<Vec<ModulePath>> {
        if let Some(start) = trail.iter().position(|earlier| earlier == file) {
            return Some([&trail[start..], std::slice::from_ref(file)].concat());
        }
        if finished.contains(file) {
            return None;
        }
        trail.push(file.clone());
        for import in self.of_code.get(file).into_iter().flatten() {
            if let Some(circle) = self.circle_from(import, trail, finished) {
                return Some(circle);
            }
        }
        trail.pop();
        finished.insert(file.clone());
        None
    }
}

/// Returns whether `::` is at `at`.
fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    is_colon(tokens.get(at)) && is_colon(tokens.get(at.wrapping_add(1)))
}

fn module_path(path: &str) -> ModulePath {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let parts = path.split('/').map(str::to_owned);
    parts.filter(|part| part != "lib").collect()
}
