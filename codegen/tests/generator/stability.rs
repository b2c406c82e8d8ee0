//! Adding, removing or reordering tables touches no other table: logical ids, integration names
//! and properties stay.

use serde_json::{Map, Value as Json};

use super::{of, with_tables};

/// Resources of all three stacks but the catalog policy, which lists all tables, without
/// `DependsOn`, which chains them.
fn resources(names: &[&str]) -> Map<String, Json> {
    let mut resources = Map::new();
    for template in of(&with_tables(names)) {
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let mut resource = resource.clone();
            resource.as_object_mut().unwrap().remove("DependsOn");
            resources.insert(id.clone(), resource);
        }
    }
    resources.remove("CatalogPolicy");
    resources
}

#[test]
fn an_added_table_changes_no_other_one() {
    let before = resources(&["Orders", "order-items"]);
    let after = resources(&["order_events", "Orders", "orderitems9", "order-items"]);
    for (id, resource) in before {
        assert_eq!(after.get(&id), Some(&resource), "{id}");
    }
}

#[test]
fn the_order_of_tables_does_not_matter() {
    let mut one = resources(&["Orders", "order-items", "order.events"]);
    let mut other = resources(&["order.events", "Orders", "order-items"]);
    one.sort_keys();
    other.sort_keys();
    assert_eq!(one, other);
}

#[test]
fn names_that_clash_without_punctuation_stay_apart() {
    let names = [
        "order-items",
        "order.items2",
        "order_items3",
        "orderitems4",
        "order--items5",
    ];
    let resources = resources(&names);
    let tables = resources
        .keys()
        .filter(|id| id.starts_with("Tableorder"))
        .count();
    assert_eq!(tables, names.len());
}

#[test]
fn the_same_config_makes_the_same_bytes() {
    use zeroetl_codegen::generation;
    let config = with_tables(&["Orders", "order-items"]);
    let once = generation::from_config(&config).unwrap();
    let twice = generation::from_config(&config).unwrap();
    assert_eq!(once, twice);
    for (path, text) in once.files.iter() {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
        assert!(!text.contains('\r') && !text.contains(" \n"), "{path}");
    }
}
