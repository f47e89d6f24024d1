//! Names of all items of the SDK, independent of the target language.
//!
//! This stage takes the model and assigns all names and the order of each method's arguments. A backend
//! implements [`Language`], which defines the names that it cannot use, and writes each [`Name`] in the case of
//! its language. Names depend only on the named items, not on the order of hash maps or threads.

mod api;
pub mod deprecated;
mod language;
mod members;
mod name;
mod requests;
mod resources;
mod spelling;
mod unique;
mod variants;

use std::collections::HashMap;

use rayon::prelude::*;

use crate::model::{Sdk, TypeId};

pub use api::{ApiNames, ChoiceNames, CredentialNames};
pub use language::{Language, Namespace};
pub use name::Name;
pub use resources::{ArgumentName, MethodNames, ResourceNames, SetterName};

use unique::UniqueNames;

/// Names of all items of an SDK.
#[derive(Debug)]
pub struct Names {
    types: Vec<Name>,
    members: Vec<Vec<Option<Name>>>,
    resources: HashMap<Vec<String>, ResourceNames>,
    choices: Vec<ChoiceNames>,
    api: ApiNames,
}

impl Names {
    /// Computes the names of an SDK for a language.
    pub fn new(sdk: &Sdk, language: &dyn Language) -> Self {
        let mut taken = UniqueNames::new(language, Namespace::Type);
        let choices = api::choices(sdk, language, &mut taken);
        let types = types(sdk, &mut taken);
        let members = sdk.types.par_iter().zip(&types);
        let members = members.map(|(ty, name)| members::members(name, &ty.kind, language)).collect();
        let requests = requests::requests(&requests::methods(&sdk.resources), &mut taken);
        let resources = resources::resources(sdk, language, requests, &choices, &taken);
        let api = ApiNames::new(sdk, language);
        Self { types, members, resources, choices, api }
    }

    /// Returns the name of a type.
    pub fn ty(&self, id: TypeId) -> &Name {
        &self.types[id.0]
    }

    /// Returns the names of a type's fields, values or variants, in their order. A field with a fixed value has none.
    pub fn members(&self, id: TypeId) -> &[Option<Name>] {
        &self.members[id.0]
    }

    /// Returns the names of a resource, by its path from the top.
    pub fn resource(&self, path: &[String]) -> Option<&ResourceNames> {
        self.resources.get(path)
    }

    /// Returns the names of a method, by its resource's path and its name in the model.
    pub fn method(&self, resource: &[String], method: &str) -> Option<&MethodNames> {
        self.resources.get(resource)?.methods.get(method)
    }

    /// Returns the names of the endpoint choices, in the order of [`Sdk::endpoint_choices`].
    pub fn choices(&self) -> &[ChoiceNames] {
        &self.choices
    }

    /// Returns the names of the client's credentials and settings, and of the constants that methods share.
    pub fn api(&self) -> &ApiNames {
        &self.api
    }
}

/// Returns the names of the types. Component schemas are named first, because derived names must not replace
/// theirs.
fn types(sdk: &Sdk, taken: &mut UniqueNames<'_>) -> Vec<Name> {
    let mut types: Vec<Name> = sdk.types.par_iter().map(|ty| Name::new(&ty.name)).collect();
    let mut order: Vec<usize> = (0..types.len()).collect();
    order.sort_by_key(|index| (!sdk.types[*index].is_component, *index));
    for index in order {
        types[index] = taken.unique(types[index].clone());
    }
    types
}
