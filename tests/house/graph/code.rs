//! The code of a file without that of its tests. Modules for tests stay, since their files belong to the crate.

use syn::{
    Attribute, Item,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use super::attributes::{is_test, of_impl_item, of_item, of_stmt, of_trait_item};

/// Parses a file and drops what is compiled for tests only.
///
/// # Errors
/// Where the text does not parse.
pub(crate) fn parse(text: &str) -> syn::Result<syn::File> {
    let mut file = syn::parse_file(text)?;
    WithoutTests.visit_file_mut(&mut file);
    Ok(file)
}

/// Drops items, members, fields, variants, arms and statements under `#[cfg(test)]`.
struct WithoutTests;

fn stays(item: &Item) -> bool {
    matches!(item, Item::Mod(_)) || !is_test(of_item(item))
}

fn retain<T, P: Default>(list: &mut Punctuated<T, P>, attributes: fn(&T) -> &[Attribute]) {
    let all = std::mem::take(list);
    *list = all
        .into_iter()
        .filter(|one| !is_test(attributes(one)))
        .collect();
}

impl VisitMut for WithoutTests {
    fn visit_file_mut(&mut self, file: &mut syn::File) {
        file.items.retain(stays);
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut module.content {
            items.retain(stays);
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain(|item| !is_test(of_impl_item(item)));
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_item_trait_mut(&mut self, item: &mut syn::ItemTrait) {
        item.items.retain(|item| !is_test(of_trait_item(item)));
        visit_mut::visit_item_trait_mut(self, item);
    }

    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        retain(&mut fields.named, |field| &field.attrs);
        visit_mut::visit_fields_named_mut(self, fields);
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        retain(&mut item.variants, |variant| &variant.attrs);
        visit_mut::visit_item_enum_mut(self, item);
    }

    fn visit_expr_struct_mut(&mut self, expression: &mut syn::ExprStruct) {
        retain(&mut expression.fields, |field| &field.attrs);
        visit_mut::visit_expr_struct_mut(self, expression);
    }

    fn visit_expr_match_mut(&mut self, expression: &mut syn::ExprMatch) {
        expression.arms.retain(|arm| !is_test(&arm.attrs));
        visit_mut::visit_expr_match_mut(self, expression);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| !is_test(of_stmt(statement)));
        visit_mut::visit_block_mut(self, block);
    }
}
