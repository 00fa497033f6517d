//! What a Rust type is, by its tokens.

use syn::{GenericArgument, PathArguments, Type};

/// Whether it is an `Option`.
pub fn is_option(ty: &Type) -> bool {
    argument_of(ty, "Option").is_some()
}

/// What a PATCH does to a property.
pub fn is_patch(ty: &Type) -> bool {
    ["Patch", "NullablePatch"].iter().any(|name| argument_of(ty, name).is_some())
}

/// Whether it is a `String`.
pub fn is_string(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment == "String")
}

/// The `T` of `Name<T>`.
pub fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    // A lifetime may come before it.
    let inner = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })?;
    (segment.ident == name).then_some(inner)
}

/// The last name of a path type.
pub fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}
