use askama::Template;

use super::{
    super::ts_code::{TemplatePart, TsCode},
    *,
};

const HOSTILE: &str = "a'b\"c`d${e}*/f\\g\nh\r\u{2028}i\u{202e}j@k </script> größe";

#[test]
fn a_text_ends_where_its_quote_ends() {
    let text = TsString::new(HOSTILE).to_string();
    assert_eq!(
        text,
        "'a\\'b\"c`d${e}*/f\\\\g\\nh\\r\\u{2028}i\\u{202e}j@k </script> größe'"
    );
}

#[test]
fn a_template_text_opens_no_code_of_its_own() {
    let code = TsCode::template(&[
        TemplatePart::Text("${x}`\\"),
        TemplatePart::Code(TsCode::integer(1)),
    ]);
    assert_eq!(code.to_string(), "`\\${x}\\`\\\\${1}`");
}

#[test]
fn a_comment_neither_ends_nor_gets_a_tag() {
    let doc = TsDoc::new(2, "a */ b\n@deprecated c\n**/", &[("default", "x */ \n@y")]);
    assert_eq!(
        doc.to_string(),
        "/**\n   * a *\\/ b\n   * \\@deprecated c\n   * **\\/\n   *\n   * @default x *\\/ \\@y\n   */"
    );
}

#[test]
fn a_name_is_no_reserved_word_and_has_letters_and_digits_only() {
    for wrong in ["", "1a", "a-b", "a b", "default", "größe", "a;b", "on'"] {
        assert_eq!(TsIdent::new(wrong), Err(NotAName(wrong.to_owned())));
    }
    assert!(TsIdent::new("on").is_ok());
}

#[test]
fn properties_are_spelled_as_cdk_spells_them() {
    let spelled = |name| TsIdent::property(name).unwrap().to_string();
    assert_eq!(spelled("CatalogId"), "catalogId");
    assert_eq!(spelled("SSESpecification"), "sseSpecification");
    assert_eq!(spelled("KMSMasterKeyID"), "kmsMasterKeyID");
    assert_eq!(spelled("ARN"), "arn");
    assert_eq!(
        TsIdent::constant("UnnestSpec").unwrap().as_str(),
        "UNNEST_SPEC"
    );
    assert_eq!(
        TsIdent::constant("epoch_sec").unwrap().as_str(),
        "EPOCH_SEC"
    );
}

#[test]
fn what_no_type_vouches_for_comes_out_inert() {
    #[derive(Template)]
    #[template(source = "const a = '{{ raw }}'; // {{ raw }}", ext = "ts")]
    struct Raw<'a> {
        raw: &'a str,
    }
    let code = Raw { raw: HOSTILE }.render().unwrap();
    assert_eq!(code.lines().count(), 1);
    for ending in ["'b", "`", "${", "*/", "\u{2028}"] {
        assert!(!code.contains(ending), "{code}");
    }
}
