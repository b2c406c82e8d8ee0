//! What the target role needs where Lake Formation governs the database.

use super::{TargetInputs, bucket_arn, ids};
use crate::model::{LogicalId, Object, Pseudo, Resource, Value};

pub(super) fn resources(inputs: &TargetInputs) -> Vec<Resource> {
    let managed = &inputs.lake_formation_managed;
    [
        managed.resource(|()| location()),
        managed.resource(|()| database_grant()),
        managed.resource(|()| location_grant()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn role() -> Value {
    Value::GetAtt(ids::TARGET_ROLE, "Arn")
}

fn account() -> Value {
    Value::reference(Pseudo::AccountId)
}

/// Registered with the target role itself, so that no other role needs the bucket.
fn location() -> Resource {
    let properties = Object::new()
        .with("ResourceArn", bucket_arn(""))
        .with("RoleArn", role())
        .with("UseServiceLinkedRole", false);
    Resource::new(
        ids::LAKE_LOCATION,
        "AWS::LakeFormation::Resource",
        properties,
    )
}

fn database_grant() -> Resource {
    let database = Object::new()
        .with("CatalogId", account())
        .with("Name", Value::reference(&ids::DATABASE));
    let permissions = ["CREATE_TABLE", "DESCRIBE", "ALTER", "DROP"];
    grant(
        ids::DATABASE_GRANT,
        Object::new().with("Database", database),
        &permissions,
    )
}

fn location_grant() -> Resource {
    let location = Object::new()
        .with("CatalogId", account())
        .with("ResourceArn", bucket_arn(""));
    let resource = Object::new().with("DataLocation", location);
    grant(ids::LOCATION_GRANT, resource, &["DATA_LOCATION_ACCESS"]).after([ids::LAKE_LOCATION])
}

fn grant(id: LogicalId, resource: Object, permissions: &[&str]) -> Resource {
    let principal = Object::new().with("DataLakePrincipalIdentifier", role());
    let properties = Object::new()
        .with("Catalog", account())
        .with("Principal", principal)
        .with("Resource", resource)
        .with("Permissions", Value::texts(permissions.iter().copied()))
        .with("PermissionsWithGrantOption", Value::List(Vec::new()));
    Resource::new(id, "AWS::LakeFormation::PrincipalPermissions", properties)
}
