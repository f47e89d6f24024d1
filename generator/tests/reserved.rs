//! The lists of reserved names match the generated code and the runtime: every name that is in use is listed, and no
//! other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use generator::codegen::{self, Runtime, reserved};
use generator::render::{self, Templates};
use syn::visit::{self, Visit};
use syn::{File, ImplItem, Item, UseTree};

type Names = BTreeSet<String>;

/// Crate of a fixture.
struct Crate {
    /// Modules of the resources at the top.
    resources: Names,
    /// Texts of the Rust files, by their paths in `src`.
    files: Vec<(PathBuf, String)>,
    manifest: String,
}

impl Crate {
    fn file(&self, name: &str) -> File {
        let (_, text) = self.files.iter().find(|(path, _)| path == Path::new(name)).expect(name);
        syn::parse_file(text).unwrap()
    }

    /// Returns the modules of resources and types: all files besides those of the crate's root.
    fn modules(&self) -> impl Iterator<Item = (&Path, File)> {
        let is_module = |path: &Path| path.components().count() > 1 || path == Path::new("types.rs");
        let modules = self.files.iter().filter(move |(path, _)| is_module(path));
        modules.map(|(path, text)| (path.as_path(), syn::parse_file(text).unwrap()))
    }

    /// Returns `true` if the crate has a module of this name, at any depth.
    fn has_module(&self, name: &str) -> bool {
        self.files
            .iter()
            .any(|(path, _)| path.with_extension("").components().any(|part| part.as_os_str() == name))
    }
}

/// Returns the crates of all fixtures.
fn crates() -> &'static [Crate] {
    static CRATES: OnceLock<Vec<Crate>> = OnceLock::new();
    CRATES.get_or_init(|| support::fixtures().iter().map(|folder| generate(folder)).collect())
}

/// Generates a fixture as a member of a workspace, as the SDK in this repository is.
fn generate(folder: &Path) -> Crate {
    let reading = support::generate(folder, "runtime").reading;
    let runtime = Runtime { version: "0.1.0".to_owned(), path: "runtime".to_owned() };
    let krate = codegen::lower(&reading.sdk, runtime, false);
    let mut files = render::render(&Templates::load(None).unwrap(), &krate).unwrap();
    let manifest = files.remove(Path::new("Cargo.toml")).unwrap();
    let rust = files.into_iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "rs"));
    let files = rust.map(|(path, text)| (path.strip_prefix("src").unwrap().to_owned(), text)).collect();
    let resources = krate.features.iter().map(|child| child.module.clone()).collect();
    Crate { resources, files, manifest }
}

/// Returns the Rust files of the runtime.
fn runtime() -> Vec<File> {
    fn collect(folder: &Path, files: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap());
            }
        }
    }
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-sdk/runtime/src"), &mut files);
    files
}

fn names<'a>(lists: impl IntoIterator<Item = &'a [&'a str]>) -> Names {
    lists.into_iter().flatten().map(|name| (*name).to_owned()).collect()
}

fn set(names: &[&str]) -> Names {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Fails with the names that are missing in a list and those that it has without need.
#[track_caller]
fn assert_listed(list: &Names, used: &Names) {
    let missing: Vec<&String> = used.difference(list).collect();
    let unused: Vec<&String> = list.difference(used).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:?}; without need: {unused:?}");
}

/// Names of types that code uses without a path, and those that it declares. Contents of macros are skipped.
#[derive(Default)]
struct Types {
    used: Names,
    declared: Names,
}

impl<'ast> Visit<'ast> for Types {
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_macro(&mut self, _: &'ast syn::Macro) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let first = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if path.leading_colon.is_none() && first.starts_with(|c: char| c.is_ascii_uppercase()) {
            self.used.insert(first);
        }
        visit::visit_path(self, path);
    }

    // A single name in an expression or pattern is a value, such as `None`.
    fn visit_expr_path(&mut self, expression: &'ast syn::ExprPath) {
        if expression.path.segments.len() > 1 || expression.qself.is_some() {
            visit::visit_expr_path(self, expression);
        }
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        if pattern.path.segments.len() > 1 {
            visit::visit_pat_tuple_struct(self, pattern);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_api = matches!(&item.tree, UseTree::Path(path) if path.ident == "crate");
        if matches!(item.vis, syn::Visibility::Inherited) && !is_api {
            self.used.extend(imported(&item.tree).into_iter().filter(|name| name.starts_with(char::is_uppercase)));
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.declared.insert(item.ident.to_string());
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.declared.insert(item.ident.to_string());
        visit::visit_item_enum(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.declared.insert(item.ident.to_string());
        visit::visit_item_type(self, item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        // `runtime::request!` declares the type whose name is its first identifier.
        let is_name = |token: proc_macro2::TokenTree| match token {
            proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        };
        self.declared.extend(item.mac.tokens.clone().into_iter().find_map(is_name));
    }
}

/// Returns the names that an import brings.
fn imported(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => imported(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(rename) => vec![rename.rename.to_string()],
        UseTree::Group(group) => group.items.iter().flat_map(imported).collect(),
        UseTree::Glob(_) => Vec::new(),
    }
}

/// Returns the functions of the impl blocks of a type that implement no trait.
fn functions(file: &File, ty: &str) -> Names {
    let mut names = Names::new();
    for item in &file.items {
        if let Item::Impl(block) = item
            && block.trait_.is_none()
            && matches!(&*block.self_ty, syn::Type::Path(path) if path.path.segments.last().unwrap().ident == ty)
        {
            names.extend(block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                _ => None,
            }));
        }
    }
    names
}

/// Returns the functions of a trait of the runtime.
fn trait_functions(name: &str) -> Names {
    let items = runtime().into_iter().flat_map(|file| file.items);
    let found = items.filter_map(|item| match item {
        Item::Trait(item) if item.ident == name => Some(item),
        _ => None,
    });
    let functions = found.flat_map(|item| item.items).filter_map(|item| match item {
        syn::TraitItem::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    functions.collect()
}

/// Returns the functions that the runtime's macro `request!` declares.
fn macro_functions() -> Names {
    let is_request = |item: &syn::ItemMacro| item.ident.as_ref().is_some_and(|ident| ident == "request");
    let items = runtime().into_iter().flat_map(|file| file.items);
    let text: String = items
        .filter_map(|item| match item {
            Item::Macro(item) if is_request(&item) => Some(item.mac.tokens.to_string()),
            _ => None,
        })
        .collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let functions = words.windows(2).filter(|pair| pair[0] == "fn");
    functions.map(|pair| pair[1].split('(').next().unwrap().to_owned()).collect()
}

#[test]
fn types_lists_the_names_that_modules_use_without_a_path() {
    let mut used = Names::new();
    for krate in crates() {
        let mut types = Types::default();
        krate.modules().for_each(|(_, file)| types.visit_file(&file));
        let mut client = Types::default();
        client.visit_file(&krate.file("client.rs"));
        types.declared.extend(client.declared);
        used.extend(types.used.difference(&types.declared).cloned());
    }
    assert_listed(&set(reserved::TYPES), &used);
}

#[test]
fn shadowed_lists_names_of_the_prelude_and_the_client() {
    let prelude = set(&[
        "AsMut",
        "AsRef",
        "Client",
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "Drop",
        "Eq",
        "Err",
        "Extend",
        "From",
        "FromIterator",
        "Hash",
        "Iterator",
        "None",
        "Ok",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Result",
        "Send",
        "Sized",
        "Some",
        "Sync",
        "ToOwned",
        "ToString",
        "TryFrom",
        "TryInto",
    ]);
    assert!(set(reserved::SHADOWED).is_subset(&prelude));
    assert!(set(reserved::SHADOWED).is_disjoint(&set(reserved::TYPES)));
}

#[test]
fn root_lists_have_what_the_root_of_a_crate_declares_and_uses() {
    let (mut types, mut modules) = (Names::new(), Names::new());
    for krate in crates() {
        for item in krate.file("lib.rs").items {
            match item {
                // Endpoint choices and their deprecated names are imported individually.
                Item::Use(item) if imported(&item.tree).len() > 1 => {
                    let (upper, lower): (Vec<String>, Vec<String>) =
                        imported(&item.tree).into_iter().partition(|name| name.starts_with(char::is_uppercase));
                    types.extend(upper);
                    modules.extend(lower);
                }
                Item::Mod(item) => {
                    modules.insert(item.ident.to_string());
                }
                _ => {}
            }
        }
        modules.retain(|module| !krate.resources.contains(module));
        let mut client = Types::default();
        client.visit_file(&krate.file("client.rs"));
        types.extend(client.used.difference(&client.declared).cloned());
    }
    types.retain(|name| !reserved::TYPES.contains(&name.as_str()));
    // A macro, which modules can share their name with.
    assert!(modules.remove("json"));
    assert_listed(&set(reserved::ROOT_TYPES), &types);
    assert_listed(&set(reserved::ROOT_MODULES), &modules);
}

#[test]
fn crates_lists_the_crates_that_modules_refer_to() {
    #[derive(Default)]
    struct Roots(Names);
    impl<'ast> Visit<'ast> for Roots {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            if path.leading_colon.is_none() && path.segments.len() > 1 {
                self.0.insert(path.segments[0].ident.to_string());
            }
            visit::visit_path(self, path);
        }

        fn visit_use_path(&mut self, path: &'ast syn::UsePath) {
            self.0.insert(path.ident.to_string());
        }

        fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    }
    let mut roots = Roots::default();
    for krate in crates() {
        krate.modules().for_each(|(_, file)| roots.visit_file(&file));
        roots.0.retain(|name| !name.starts_with(char::is_uppercase) && !krate.has_module(name));
    }
    assert!(roots.0.remove("crate"));
    assert_listed(&set(reserved::CRATES), &roots.0);
}

#[test]
fn features_lists_those_that_belong_to_no_resource() {
    let krate = &crates()[0];
    let features = krate.manifest.split("[features]").nth(1).unwrap().split("\n[").next().unwrap();
    let features = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned());
    let features: Names = features.filter(|name| !krate.resources.contains(name)).collect();
    assert_listed(&set(reserved::FEATURES), &features);
}

#[test]
fn client_lists_have_the_methods_of_client_and_builder() {
    let (mut methods, mut settings) = (Names::new(), None::<Names>);
    for krate in crates() {
        let client = krate.file("client.rs");
        methods.extend(functions(&client, "Client").difference(&krate.resources).cloned());
        // The settings of credentials and of the base URL's variables are of the API.
        let own = functions(&client, "ClientBuilder");
        settings.get_or_insert_with(|| own.clone()).retain(|name| own.contains(name));
    }
    let mut settings = settings.unwrap();
    // Methods of traits that programs call on a client: `Clone` and `AsRef`, and `Clone` on a builder.
    methods.extend(["as_ref".to_owned(), "clone".to_owned()]);
    settings.insert("clone".to_owned());
    assert_listed(&set(reserved::CLIENT_METHODS), &methods);
    assert_listed(&set(reserved::CLIENT_SETTINGS), &settings);
}

#[test]
fn setter_lists_have_the_methods_of_requests() {
    let mut used = macro_functions();
    used.extend(trait_functions("RequestOptions"));
    used.extend(trait_functions("Blocking"));
    // On requests `send_blocking` does the same: a setter may hide it.
    assert!(used.remove("wait"));
    // Names of the derived trait and of the resource template.
    used.extend(["clone", "with_part", "stream"].map(str::to_owned));
    let lists = [reserved::SETTERS, reserved::PAGE_SETTERS, reserved::DOWNLOAD_SETTERS, reserved::STREAM_SETTERS];
    assert_listed(&names(lists), &used);
    let calls: Names = runtime().iter().flat_map(|file| functions(file, "Call")).collect();
    assert!(calls.contains("send"), "the type of requests without setters has moved");
}

#[test]
fn field_and_variant_lists_have_what_every_type_has() {
    let (mut functions, mut variants) = (Names::new(), None::<Names>);
    let types = crates().iter().flat_map(Crate::modules).filter(|(path, _)| !path.ends_with("mod.rs"));
    for item in types.flat_map(|(_, file)| file.items) {
        match item {
            // Setters have a receiver; constructors have none.
            Item::Impl(block) if block.trait_.is_none() => {
                functions.extend(block.items.iter().filter_map(|item| match item {
                    ImplItem::Fn(function) => {
                        function.sig.receiver().is_none().then(|| function.sig.ident.to_string())
                    }
                    _ => None,
                }));
            }
            Item::Enum(item) => {
                let own: Names = item.variants.iter().map(|variant| variant.ident.to_string()).collect();
                variants.get_or_insert_with(|| own.clone()).retain(|name| own.contains(name));
            }
            _ => {}
        }
    }
    // Methods of derived traits that programs and constructors call.
    functions.extend(["clone", "default"].map(str::to_owned));
    assert_listed(&set(reserved::FIELDS), &functions);
    assert_listed(&set(reserved::VARIANTS), &variants.unwrap());
}

#[test]
fn statics_lists_those_that_every_api_can_have() {
    let of_template = |item: Item| match item {
        Item::Static(item) => match &*item.ty {
            syn::Type::Path(path) => {
                let ty = path.path.segments.last().unwrap().ident.to_string();
                ["Api", "Envelope", "Operation"].contains(&ty.as_str()).then(|| item.ident.to_string())
            }
            // The API's own security; those of operations have names of the API.
            _ => Some(item.ident.to_string()).filter(|name| name == "SECURITY"),
        },
        _ => None,
    };
    let items = crates().iter().flat_map(|krate| krate.file("api.rs").items);
    let statics: Names = items.filter_map(of_template).collect();
    assert_listed(&set(reserved::STATICS), &statics);
}
