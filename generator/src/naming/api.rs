//! Names of items that all resources share: credentials, settings, paginations, security requirements and
//! endpoint choices.

use sdk_protocol::Placement;

use super::unique::UniqueNames;
use super::{Language, Name, Namespace};
use crate::model::Sdk;

/// Names that belong to the client and to no resource.
#[derive(Debug)]
pub struct ApiNames {
    /// Names of the credentials, in the order of [`Sdk::credentials`].
    pub credentials: Vec<CredentialNames>,
    /// Names of the settings for the base URL's variables, in the order of [`Sdk::base_url_parts`].
    pub server_variables: Vec<Name>,
    /// Names of the paginations, in the order of [`Sdk::paginations`].
    pub paginations: Vec<Name>,
    /// Security requirements that differ from the SDK's, each with its name, in the order of the methods.
    pub securities: Vec<(Vec<Vec<usize>>, Name)>,
}

/// Names of a credential.
#[derive(Debug)]
pub struct CredentialNames {
    /// Name of the constant that defines the credential.
    pub constant: Name,
    /// Name of the client's setting that takes the credential. For a token, the setting of this name with the
    /// last word `source` takes a source of tokens.
    pub setting: Name,
}

/// Names of a choice between endpoints.
#[derive(Debug)]
pub struct ChoiceNames {
    /// Name of the choice's type.
    pub name: Name,
    /// Names of the variants, in the order of the choice's parameters.
    pub variants: Vec<Name>,
}

/// Returns the names of the endpoint choices. They are assigned before the names of types.
pub(super) fn choices(sdk: &Sdk, language: &dyn Language, taken: &mut UniqueNames<'_>) -> Vec<ChoiceNames> {
    let mut root = UniqueNames::new(language, Namespace::RootType);
    let choices = sdk.endpoint_choices.iter().map(|choice| {
        let name = root.unique(Name::new(&choice.name));
        taken.insert(&name);
        let mut variants = UniqueNames::new(language, Namespace::Variant);
        let variant = |name: &str| Name::new(name.trim_end_matches("_id"));
        ChoiceNames {
            name,
            variants: choice.parameters.iter().map(|p| variants.unique(variant(&p.name))).collect(),
        }
    });
    choices.collect()
}

impl ApiNames {
    pub(super) fn new(sdk: &Sdk, language: &dyn Language) -> Self {
        let mut constants = UniqueNames::new(language, Namespace::Constant);
        let paginations = sdk.paginations.iter().map(|(name, _)| constants.unique(pagination(name)));
        let paginations = paginations.collect();
        let constant = |name: Name| {
            // Constants of paginations end with `pages`.
            let is_pages = name.words().next_back() == Some(PAGES);
            let is_reserved = is_pages || language.is_reserved(Namespace::Constant, &name);
            constants.unique(if is_reserved { name.with("credential") } else { name })
        };
        let credential_constants: Vec<Name> =
            sdk.credentials.iter().map(|credential| Name::new(&credential.name)).map(constant).collect();
        let securities = securities(sdk, &credential_constants, &mut constants);
        let mut settings = UniqueNames::new(language, Namespace::ClientSetting);
        let server = Name::new("server");
        let server_variables = sdk.base_url_parts.iter().map(|variable| server.and(&Name::new(&variable.name)));
        let server_variables = server_variables.map(|name| settings.unique(name)).collect();
        let credential_settings = credential_settings(sdk, language, &mut settings);
        let credentials = credential_constants.into_iter().zip(credential_settings);
        let credentials = credentials.map(|(constant, setting)| CredentialNames { constant, setting }).collect();
        Self { credentials, server_variables, paginations, securities }
    }
}

/// Returns the names of the settings that take credentials. Settings of tokens are named first, because each
/// needs a second name for the source of tokens.
fn credential_settings(sdk: &Sdk, language: &dyn Language, taken: &mut UniqueNames<'_>) -> Vec<Name> {
    let mut names: Vec<Name> = sdk.credentials.iter().map(|credential| Name::new(&credential.name)).collect();
    let is_token = |index: usize| matches!(sdk.credentials[index].placement, Placement::Bearer);
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|index| !is_token(*index));
    for index in order {
        let name = names[index].clone();
        let is_reserved = language.is_reserved(Namespace::ClientSetting, &name);
        names[index] = taken.unique(if is_reserved { name.with("credential") } else { name });
        if is_token(index) {
            taken.insert(&names[index].with("source"));
        }
    }
    names
}

/// Last word of the constants of paginations.
const PAGES: &str = "pages";

fn pagination(name: &str) -> Name {
    let name = Name::new(name);
    let count = name.words().count();
    let pages = name.words().rev().take(count - 1).take_while(|word| *word == "page").count();
    let words: Vec<&str> = name.words().take(count - pages).collect();
    Name::new(&words.join(" ")).with(PAGES)
}

/// Names security requirements by their credentials: `token or email and key`.
fn securities(sdk: &Sdk, credentials: &[Name], taken: &mut UniqueNames<'_>) -> Vec<(Vec<Vec<usize>>, Name)> {
    let mut securities: Vec<(Vec<Vec<usize>>, Name)> = Vec::new();
    sdk.methods(&mut |method| {
        let Some(security) = &method.security else { return };
        if securities.iter().any(|(known, _)| known == security) {
            return;
        }
        let alternative = |together: &Vec<usize>| {
            let names: Vec<&str> = together.iter().map(|index| credentials[*index].joined()).collect();
            if names.is_empty() { "nothing".to_owned() } else { names.join("_and_") }
        };
        let name = match security.as_slice() {
            [] => "public".to_owned(),
            [only] if only.len() == 1 => format!("{}_only", alternative(only)),
            alternatives => alternatives.iter().map(alternative).collect::<Vec<_>>().join("_or_"),
        };
        securities.push((security.clone(), taken.unique(Name::new(&name))));
    });
    securities
}
