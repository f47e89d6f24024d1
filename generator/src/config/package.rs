use super::reader::{MAX_NAME, Reader};
use super::types::Package;
use crate::document::Located;

/// Checks the name of a package. Returns the suggested action if the name is invalid.
pub fn check_package_name(name: &str) -> Option<String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.chars().all(valid) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.len() > MAX_NAME {
        return Some(format!(
            "use at most {MAX_NAME} ASCII letters, digits, `-` and `_`, beginning with a letter"
        ));
    }
    let library = name.replace('-', "_");
    let reserved = ["std", "core", "alloc", "test", "runtime", "sdk_runtime", "build", "deps", "examples"];
    if syn::parse_str::<syn::Ident>(&library).is_err() || reserved.contains(&library.as_str()) {
        return Some(
            "choose a name that is not reserved by Rust or the runtime, such as a name that ends in `-sdk`".into(),
        );
    }
    None
}

/// Returns `true` if a text is a version by the rules of SemVer.
fn is_version(text: &str) -> bool {
    let (numbers, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
    let is_number = |part: &str| {
        !part.is_empty()
            && part.len() < 10
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && rest.chars().all(valid)
        && !rest.ends_with(['-', '+', '.'])
        && !rest.contains("..")
}

impl<'a> Reader<'a> {
    pub(super) fn package(&mut self, package: &Located<'a>) -> Package {
        self.keys(package, &["name", "version", "description", "repository"]);
        let name = self.required(package, "name");
        if !name.is_empty()
            && let Some(help) = check_package_name(&name)
        {
            self.error(&package.location.child("name"), format!("invalid package name `{name}`"), help);
        }
        let version = self.required(package, "version");
        if !version.is_empty() && !is_version(&version) {
            let help = "use three numbers, such as `0.1.0`, optionally with a pre-release after `-`";
            self.error(&package.location.child("version"), format!("invalid version `{version}`"), help);
        }
        Package {
            name,
            version,
            description: self.required(package, "description"),
            repository: self.optional(package, "repository"),
        }
    }
}
