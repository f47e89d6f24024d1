//! How the values of a parameter are written, from `style`, `explode` and `content`.

use super::build::Builder;
use super::{Style, Type, TypeKind};
use crate::diagnostics::Diagnostic;
use crate::openapi::{Encoding, Location, Parameter};

impl Builder<'_> {
    /// The style of a parameter; its usual one where the type has neither lists nor objects, or the document
    /// states nothing.
    pub(super) fn style(&mut self, parameter: &Parameter, ty: &Type) -> Style {
        if parameter.media_type.as_deref().is_some_and(super::media::is_json_type) {
            return Style::Json;
        }
        let (style, explode) = (parameter.style.as_deref(), parameter.explode);
        let is_object = self.may_be_object(ty);
        let is_plain = !is_object && !self.may_be_list(ty);
        match (parameter.location, style) {
            (Location::Path, Some("label")) if explode == Some(true) => Style::LabelExploded,
            (Location::Path, Some("label")) => Style::Label,
            (Location::Path, Some("matrix")) if explode == Some(true) => Style::MatrixExploded,
            (Location::Path, Some("matrix")) => Style::Matrix,
            (Location::Path | Location::Header, None | Some("simple")) => match is_plain {
                true => Style::Usual,
                false if explode == Some(true) && is_object => Style::SimpleExploded,
                false => Style::Simple,
            },
            (Location::QueryString, None) => Style::Properties,
            (Location::Query, Some("deepObject")) if !is_plain => Style::Brackets,
            (Location::Query, Some("spaceDelimited")) if !is_plain && explode != Some(true) => Style::Space,
            (Location::Query, Some("pipeDelimited")) if !is_plain && explode != Some(true) => Style::Pipe,
            (Location::Query | Location::Cookie, None | Some("form")) if !is_plain => match explode {
                Some(false) => Style::Comma,
                // An object's properties are parameters of their own where the document says so.
                Some(true) if is_object => Style::Properties,
                None if is_object && style.is_some() => Style::Properties,
                _ => Style::Usual,
            },
            (Location::Query, None | Some("form" | "deepObject" | "spaceDelimited" | "pipeDelimited")) => {
                Style::Usual
            }
            (Location::Cookie, None | Some("form" | "cookie")) => Style::Usual,
            (_, Some(other)) => {
                let message =
                    format!("the style `{other}` is none that the parameter `{}` can have", parameter.name);
                let diagnostic = Diagnostic::warning(message)
                    .help("it is written in the usual style of its place; correct `style`");
                self.report.push(self.spec.locate(diagnostic, &parameter.place));
                Style::Usual
            }
        }
    }

    /// The style of a form's field: JSON where the form says so, brackets where it says `deepObject`.
    pub(super) fn form_style(&self, encoding: Option<&Encoding>, ty: &Type) -> Style {
        let (is_object, is_list) = (self.may_be_object(ty), self.may_be_list(ty));
        let Some(encoding) = encoding.filter(|_| is_object || is_list) else { return Style::Usual };
        match (encoding.style.as_deref(), encoding.explode) {
            (None, _) if encoding.content_type.as_deref().is_some_and(super::media::is_json_type) => Style::Json,
            (Some("deepObject"), _) => Style::Brackets,
            (Some("spaceDelimited"), explode) if explode != Some(true) => Style::Space,
            (Some("pipeDelimited"), explode) if explode != Some(true) => Style::Pipe,
            (None | Some("form"), Some(false)) => Style::Comma,
            (Some("form"), _) | (None, Some(true)) if is_object => Style::Properties,
            _ => Style::Usual,
        }
    }

    fn may_be_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Any | Type::Object | Type::Map(_) => true,
            Type::Nullable(inner) => self.may_be_object(inner),
            Type::Named(id) => match &self.lowering.types[id.0].kind {
                TypeKind::Object(_) => true,
                TypeKind::Union { variants, .. } => variants.iter().any(|variant| self.may_be_object(&variant.ty)),
                TypeKind::Enum(_) => false,
            },
            _ => false,
        }
    }

    fn may_be_list(&self, ty: &Type) -> bool {
        match ty {
            Type::Any | Type::List(_) | Type::Tuple(_) => true,
            Type::Nullable(inner) => self.may_be_list(inner),
            Type::Named(id) => match &self.lowering.types[id.0].kind {
                TypeKind::Union { variants, .. } => variants.iter().any(|variant| self.may_be_list(&variant.ty)),
                TypeKind::Object(_) | TypeKind::Enum(_) => false,
            },
            _ => false,
        }
    }
}
