use super::method::Output;
use super::sdk::{Sdk, for_each_method};
use super::types::{Type, TypeKind};

impl Sdk {
    /// Returns the number of named values (parameters, results, fields and members of unions), and descriptions of
    /// those that are typed as untyped JSON values or contain one.
    pub fn untyped_values(&self) -> (usize, Vec<String>) {
        let mut count = 0;
        let mut untyped = Vec::new();
        let mut check = |ty: &Type, description: &dyn Fn() -> String| {
            count += 1;
            if ty.contains_any() {
                untyped.push(description());
            }
        };
        for_each_method(&self.resources, &mut |path, method| {
            let call = || format!("{}.{}", path.join("."), method.name);
            for parameter in &method.parameters {
                check(&parameter.ty, &|| format!("{}: parameter `{}`", call(), parameter.name));
            }
            match &method.output {
                Output::Empty | Output::Text | Output::Bytes | Output::Stream(_) => {}
                Output::Value { ty, .. } => check(ty, &|| format!("{}: result", call())),
                Output::Page { item, .. } => check(item, &|| format!("{}: items", call())),
            }
            for stream in method.streams() {
                check(&stream.item, &|| format!("{}: items of the stream", call()));
            }
        });
        for ty in &self.types {
            match &ty.kind {
                // The map of additional properties has no name in the document.
                TypeKind::Object(fields) => {
                    for field in fields.iter().filter(|field| !field.is_additional_properties) {
                        check(&field.ty, &|| format!("{}.{}", ty.name, field.wire));
                    }
                }
                TypeKind::Union { variants, .. } => {
                    for variant in variants {
                        check(&variant.ty, &|| format!("{} as {}", ty.name, variant.name));
                    }
                }
                TypeKind::Enum(_) => {}
            }
        }
        (count, untyped)
    }
}
