use super::*;
use crate::model::{
    Constraint, Context, Group, LogicalId, Object, Origin, ParameterName, Resource, Value,
};

const NAME: ParameterName = ParameterName::fixed("Name");

fn parameter(description: &str, default: Option<&str>) -> Parameter {
    Parameter {
        name: NAME,
        label: "Name",
        group: Group("All"),
        description: description.to_owned(),
        default: default.map(str::to_owned),
        constraint: Constraint::Between(1, 2),
        expected: "Type 1 | 2.".to_owned(),
    }
}

fn template(parameter: Parameter) -> Template {
    let origin = Origin {
        blueprint: "test",
        instead: "nothing",
    };
    let mut template = Template::new(origin, "A template.");
    template.parameters = vec![parameter];
    template
}

fn section(templates: Vec<(&str, Template)>) -> Section {
    Section {
        title: "Templates",
        about: "All of them.",
        templates: templates
            .into_iter()
            .map(|(path, template)| (path.to_owned(), template))
            .collect(),
    }
}

#[test]
fn a_row_says_default_meaning_and_value() {
    let page = page(&[section(vec![(
        "a",
        template(parameter("A name.", Some("x"))),
    )])]);
    assert!(
        page.contains("\n| `Name` | `x` | A name. | Type 1 \\| 2. |\n"),
        "{page}"
    );
}

#[test]
fn hostile_text_makes_no_markdown_of_its_own() {
    let hostile = "a\n# b | [c](d) <script> `e` *f* _g_ &lt;";
    let page = page(&[section(vec![("a", template(parameter(hostile, None)))])]);
    let row = page.lines().find(|line| line.contains("script")).unwrap();
    assert_eq!(
        row,
        "| `Name` | required | a \\# b \\| \\[c\\](d) \\<script\\> \\`e\\` \\*f\\* \\_g\\_ &amp;lt; \
         | Type 1 \\| 2. |"
    );
}

#[test]
fn what_was_explained_is_named_and_what_differs_is_explained_anew() {
    let same = || template(parameter("A name.", None));
    let other = template(parameter("Another name.", None));
    let page = page(&[section(vec![("a", same()), ("b", same()), ("c", other)])]);
    assert_eq!(page.matches("| A name. |").count(), 1);
    assert!(
        page.contains("### `b`\n\nA template.\n\nAs in `a`: `Name`.\n"),
        "{page}"
    );
    assert!(page.contains("| Another name. |"));
}

#[test]
fn the_least_safe_property_that_a_parameter_reaches_counts() {
    let mut template = template(parameter("A name.", None));
    let properties = Object::new()
        .with("Free", Value::reference(&NAME))
        .with("Fixed", Value::reference(&NAME));
    let mut resource = Resource::new(LogicalId::fixed("Thing"), "AWS::Test::Thing", properties);
    let free = || Context::new("Why.", Mutability::FreeToTune);
    resource.context = Some(free().but(Mutability::MustNeverChange, ["Fixed"]));
    template.resources = vec![resource];
    let degree = |template: &Template| degree(template, &template.parameters[0]).map(|it| it.0);
    assert_eq!(degree(&template), Some(Mutability::MustNeverChange));
    template.resources[0].context = Some(free());
    assert_eq!(degree(&template), Some(Mutability::FreeToTune));
    template.resources.clear();
    assert_eq!(degree(&template), None);
}

#[test]
fn code_with_backticks_stays_code() {
    assert_eq!(text::code("a`b"), "`` a`b ``");
    assert_eq!(text::code("dev"), "`dev`");
}
