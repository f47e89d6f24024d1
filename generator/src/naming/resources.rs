//! Names of resources and methods, and the order of arguments.

use std::collections::HashMap;

use super::requests::MethodPath;
use super::unique::UniqueNames;
use super::{ChoiceNames, Language, Name, Namespace};
use crate::model::{Endpoint, Method, Resource, Sdk};

/// Names of a resource and its methods.
#[derive(Debug)]
pub struct ResourceNames {
    /// Name of the resource itself: of its module, and of the method that returns it.
    pub name: Name,
    /// Name of the type that has the methods. Resources with different paths may share it.
    pub accessor: Name,
    /// Names of the methods, by their names in the model.
    pub methods: HashMap<String, MethodNames>,
}

/// Names of a method.
#[derive(Debug)]
pub struct MethodNames {
    /// Name of the method.
    pub name: Name,
    /// Name of its request type.
    pub request: Name,
    /// Arguments, in their order: the parameters that a call requires.
    pub arguments: Vec<ArgumentName>,
    /// Setters of the request, in their order: the optional parameters.
    pub setters: Vec<SetterName>,
    /// Names of its operations: one, or one for each endpoint of its choice.
    pub constants: Vec<Name>,
}

/// Name of an argument.
#[derive(Debug)]
pub struct ArgumentName {
    /// Index of the parameter in [`Method::parameters`].
    pub parameter: usize,
    /// Name of the argument.
    pub name: Name,
}

/// Name of a setter.
#[derive(Debug)]
pub struct SetterName {
    /// Index of the parameter in [`Method::parameters`].
    pub parameter: usize,
    /// Name of the setter that takes a value.
    pub name: Name,
    /// Name of the setter that sends null, if the parameter is nullable.
    pub null: Option<Name>,
}

/// Returns the names of all resources, by their paths.
pub(super) fn resources<'a>(
    sdk: &'a Sdk,
    language: &dyn Language,
    mut requests: HashMap<MethodPath<'a>, Name>,
    choices: &[ChoiceNames],
    taken: &UniqueNames<'_>,
) -> HashMap<Vec<String>, ResourceNames> {
    let mut taken = taken.clone();
    // Programs name types more often than accessors: accessors avoid the former names of types as well.
    for renaming in &sdk.renamed_types {
        let name = renaming.old.rsplit("::").next().unwrap_or_default();
        taken.insert(&Name::new(name));
    }
    let mut names = HashMap::new();
    let mut queue: Vec<&Resource> = sdk.resources.iter().collect();
    while let Some(resource) = queue.pop() {
        queue.extend(&resource.resources);
        let mut constants = UniqueNames::new(language, Namespace::ResourceConstant);
        let method = |method: &'a Method| {
            let request = requests.remove(&(resource.path.as_slice(), method.name.as_str()))?;
            Some((method.name.clone(), self::method(method, request, language, choices, &mut constants)))
        };
        let methods = resource.methods.iter().filter_map(method).collect();
        let name = Name::new(resource.name());
        let accessor = if taken.contains(&name) { name.with("resource") } else { name.clone() };
        names.insert(resource.path.clone(), ResourceNames { name, accessor, methods });
    }
    names
}

fn method(
    method: &Method,
    request: Name,
    language: &dyn Language,
    choices: &[ChoiceNames],
    constants: &mut UniqueNames<'_>,
) -> MethodNames {
    let name = Name::new(&method.name);
    let mut arguments = UniqueNames::new(language, Namespace::Argument);
    let mut setters = UniqueNames::new(language, Namespace::Setter);
    let mut names =
        MethodNames { name, request, arguments: Vec::new(), setters: Vec::new(), constants: Vec::new() };
    for (index, parameter) in method.parameters.iter().enumerate() {
        let name = Name::new(&parameter.name);
        if parameter.is_argument() {
            names.arguments.push(ArgumentName { parameter: index, name: arguments.unique(name) });
        } else if !parameter.required && parameter.constant.is_none() {
            let name = setters.unique(name);
            let null = parameter.nullable.then(|| setters.unique(name.with("null")));
            names.setters.push(SetterName { parameter: index, name, null });
        }
    }
    names.constants = match &method.endpoint {
        Endpoint::Path(_) => vec![constants.unique(names.name.clone())],
        Endpoint::Choice { choice, .. } => {
            let variants = choices[*choice].variants.iter();
            variants.map(|variant| constants.unique(names.name.and(variant))).collect()
        }
    };
    names
}
