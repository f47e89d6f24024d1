//! Compact form of generated Rust for snapshots: signatures, tables of macros and statics, without documentation.

use syn::spanned::Spanned;
use syn::{Attribute, Expr, Fields, FnArg, ImplItem, Item, Pat, Visibility};

/// Maximum width of a macro call or enum that is written on one line. Statics always are.
const MAX_WIDTH: usize = 140;

/// Function bodies in the compact form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    Shown,
    Hidden,
}

/// Returns the compact form of a Rust file.
///
/// It omits comments, documentation, derives, imports, private modules and fields, and the fields of statics that
/// have their usual value (`None`, `SECURITY`). It keeps the order of items, `#[cfg]`, `#[deprecated]` and `#[doc(alias)]`.
///
/// # Panics
/// If the text is not Rust.
pub fn signatures(text: &str, bodies: Bodies) -> String {
    let file = syn::parse_file(text).expect("generated files are Rust");
    let items = file.items.into_iter().filter(|item| !is_internal(item));
    items.map(|item| compact(item, text, bodies)).collect()
}

/// Returns `true` for imports and modules that users do not see.
fn is_internal(item: &Item) -> bool {
    match item {
        Item::Use(item) => !matches!(item.vis, Visibility::Public(_)),
        Item::Mod(item) => !matches!(item.vis, Visibility::Public(_)),
        _ => false,
    }
}

fn compact(mut item: Item, source: &str, bodies: Bodies) -> String {
    match &mut item {
        Item::Macro(item) => return table(&source[item.span().byte_range()]),
        Item::Static(item) => {
            keep_attributes(&mut item.attrs);
            remove_usual_values(&mut item.expr);
        }
        Item::Struct(item) => {
            keep_attributes(&mut item.attrs);
            compact_fields(&mut item.fields);
        }
        Item::Enum(item) => {
            keep_attributes(&mut item.attrs);
            item.variants.iter_mut().for_each(|variant| keep_attributes(&mut variant.attrs));
        }
        Item::Impl(item) => {
            keep_attributes(&mut item.attrs);
            // The header of a trait implementation states its signatures.
            if item.trait_.is_some() && bodies == Bodies::Hidden {
                item.items.clear();
            }
            item.items.iter_mut().for_each(|item| compact_method(item, bodies));
        }
        Item::Use(item) => keep_attributes(&mut item.attrs),
        Item::Mod(item) => keep_attributes(&mut item.attrs),
        Item::Type(item) => keep_attributes(&mut item.attrs),
        _ => {}
    }
    let max_width = match item {
        Item::Static(_) => usize::MAX,
        Item::Enum(_) | Item::Use(_) => MAX_WIDTH,
        _ => 0,
    };
    let file = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] };
    on_one_line(prettyplease::unparse(&file).replace(" {}\n", ";\n"), max_width)
}

fn keep_attributes(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        let path = attribute.path();
        let is_alias = path.is_ident("doc") && matches!(attribute.meta, syn::Meta::List(_));
        is_alias || path.is_ident("cfg") || path.is_ident("deprecated")
    });
}

fn compact_fields(fields: &mut Fields) {
    if let Fields::Named(fields) = fields {
        let named = std::mem::take(&mut fields.named);
        fields.named = named.into_iter().filter(|field| matches!(field.vis, Visibility::Public(_))).collect();
    }
    fields.iter_mut().for_each(|field| keep_attributes(&mut field.attrs));
}

fn compact_method(item: &mut ImplItem, bodies: Bodies) {
    let ImplItem::Fn(method) = item else { return };
    keep_attributes(&mut method.attrs);
    if bodies == Bodies::Shown {
        return;
    }
    method.block.stmts.clear();
    for argument in &mut method.sig.inputs {
        match argument {
            FnArg::Receiver(receiver) => receiver.mutability = None,
            FnArg::Typed(argument) => {
                if let Pat::Ident(name) = &mut *argument.pat {
                    name.mutability = None;
                }
            }
        }
    }
}

/// Removes the fields of a struct expression whose value is `None` or the usual security requirement.
fn remove_usual_values(value: &mut Expr) {
    let Expr::Struct(value) = value else { return };
    let is_usual = |value: &Expr| {
        let Expr::Path(path) = value else { return false };
        path.path.segments.last().is_some_and(|last| last.ident == "None" || last.ident == "SECURITY")
    };
    let fields = std::mem::take(&mut value.fields);
    value.fields = fields.into_iter().filter(|field| !is_usual(&field.expr)).collect();
}

/// Returns a macro call without its documentation.
fn table(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("///") && !line.trim().is_empty());
    on_one_line(lines.flat_map(|line| [line, "\n"]).collect(), MAX_WIDTH)
}

/// Joins the lines of a text if the result is at most `max_width` bytes long.
fn on_one_line(text: String, max_width: usize) -> String {
    let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let line = line.replace(", }", " }").replace(",)", ")").replace(", ]", "]").replace("[ ", "[");
    if line.len() <= max_width { line + "\n" } else { text }
}
