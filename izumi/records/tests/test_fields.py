from __future__ import annotations

from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both
from izumi.profiles.types import FieldSpec, Form, FormSection, Input, Obligation, Term, Vocabulary
from izumi.records.form import patch_of, units
from izumi.records.pages.fields import Sheet, face, id_of, names, sections
from izumi.records.pages.readers import readers

FUNDERS = (
    Term(code="JST", label=both("科学技術振興機構", "JST"), extra={"erad_code": "1020", "ror": "https://ror.org/00097mb19"}),
    Term(code="NEDO", label=both("NEDO", "NEDO"), extra={"erad_code": "1305", "ror": "https://ror.org/0055k7a87"}),
)
KINDS = (Term(code="false", label=both("個人", "individual")), Term(code="true", label=both("組織", "organization")))


def vocabulary(name: str) -> Vocabulary:
    terms = {"funders": FUNDERS, "agent_kinds": KINDS}[name]
    return Vocabulary(name=name, label=Text(), terms=terms, by_code={term.code: term for term in terms})


TITLE = FieldSpec(
    pointer="/title", label=both("データの名称", "Title"), obligation=Obligation.REQUIRED, essential=True,
    inputs=(
        Input(pointer="/title/ja", kind="text", label=both("日本語", "Japanese"), lang="ja"),
        Input(pointer="/title/en", kind="text", label=both("英語", "English"), lang="en"),
    ),
)
FUNDING = FieldSpec(
    pointer="/funding", label=both("資金", "Funding"), repeat=True,
    inputs=(
        Input(pointer="./funder", kind="funder", label=both("資金配分機関", "Funder"), vocabulary="funders"),
        Input(pointer="./funder/name/ja", kind="text", label=both("名称", "Name")),
        Input(pointer="./award_number", kind="text", label=both("体系的番号", "Grant number")),
    ),
)
MANAGER = FieldSpec(
    pointer="/manager", label=both("データ管理者", "Manager"),
    inputs=(
        Input(pointer="/manager/organisation", kind="flag", label=both("個人・組織", "Kind"), vocabulary="agent_kinds"),
        Input(pointer="/manager/identifiers/@e-Rad_Researcher", kind="text", label=both("番号", "Number")),
    ),
)
FORM = Form(
    profile="p", version="1", label=Text(),
    sections=(FormSection(id="s", label=Text(), help=Text(), fields=(TITLE, FUNDING, MANAGER)),),
)


def sheet(document: dict, *findings: Finding, **more) -> Sheet:
    return Sheet(document=document, findings=findings, vocabulary=vocabulary, **more)


def test_an_empty_repeated_field_offers_one_blank_row():
    (item,) = face(FUNDING, sheet({})).items
    assert (item.stored, item.number, [one.name for one in item.inputs]) == (
        False, 1, ["/funding/0/funder", "/funding/0/funder/name/ja", "/funding/0/award_number"],
    )


def test_another_row_is_offered_when_asked_for():
    document = {"funding": [{"award_number": "JPMJ1"}]}
    assert len(face(FUNDING, sheet(document)).items) == 1
    assert [item.stored for item in face(FUNDING, sheet(document, more="/funding")).items] == [True, False]


def test_a_funder_is_recognised_by_its_erad_code_or_ror():
    for funder in ({"erad_code": "1020"}, {"ror": "https://ror.org/00097mb19"}):
        item = face(FUNDING, sheet({"funding": [{"funder": funder}]})).items[0]
        assert [option.code for option in item.inputs[0].options if option.chosen] == ["JST"]


def test_choosing_a_funder_writes_name_code_and_ror():
    read = readers(FORM, vocabulary)
    posted = {"/funding/0/funder": ["NEDO"], "/funding/0/funder/name/ja": [""], "/funding/0/award_number": ["JPNP1"]}
    assert units(posted, {}, read)["/funding"] == [
        {"funder": {"name": {"ja": "NEDO", "en": "NEDO"}, "erad_code": "1305", "ror": "https://ror.org/0055k7a87"}, "award_number": "JPNP1"}
    ]


def test_a_funder_left_as_it_is_keeps_its_own_words():
    document = {"funding": [{"funder": {"name": {"ja": "JST（旧名）"}, "erad_code": "1020"}, "award_number": "A"}]}
    posted = {"/funding/0/funder": ["JST"], "/funding/0/funder/name/ja": ["JST（旧名）"], "/funding/0/award_number": ["B"]}
    found = units(posted, document, readers(FORM, vocabulary))
    assert found["/funding"] == [{"funder": {"name": {"ja": "JST（旧名）"}, "erad_code": "1020"}, "award_number": "B"}]


def test_a_flag_is_true_false_or_unsaid():
    read = readers(FORM, vocabulary)
    assert patch_of(units({"/manager/organisation": ["true"]}, {}, read), {}) == {"manager": {"organisation": True}}
    assert units({"/manager/organisation": ["false"]}, {"manager": {"organisation": True}}, read) == {"/manager/organisation": False}
    shown = face(MANAGER, sheet({"manager": {"organisation": False}})).inputs[0]
    assert [option.code for option in shown.options if option.chosen] == ["false"]


def test_findings_stand_at_their_input_and_at_their_field():
    wrong = Finding(rule="title-vague", severity="error", pointer="/title/ja", message=both("悪い", "bad"))
    whole = Finding(rule="title-missing", severity="error", pointer="/title", message=both("ない", "none"))
    shown = face(TITLE, sheet({"title": {"ja": "測定結果"}}, wrong, whole))
    assert [found.rule for found in shown.inputs[0].findings] == ["title-vague"]
    assert [found.rule for found in shown.own_findings] == ["title-missing"]
    assert shown.wrong and shown.filled and shown.required and shown.loud


def test_an_empty_field_stays_quiet_until_everything_is_checked():
    whole = Finding(rule="title-missing", severity="error", pointer="/title", message=both("ない", "none"))
    assert not face(TITLE, sheet({}, whole)).loud
    assert face(TITLE, sheet({}, whole, check=True)).loud


def test_a_prefilled_value_tells_where_it_comes_from():
    shown = face(TITLE, sheet({"title": {"ja": "水質"}}, prefilled={"/title": {"ja": "計画", "en": "Plan"}}))
    assert shown.source == {"ja": "計画", "en": "Plan"}
    assert face(TITLE, sheet({}, prefilled={"/title": {"ja": "計画", "en": "Plan"}})).source is None


def test_all_names_of_a_form_are_pointers():
    told = names(sections(FORM, sheet({})))
    assert told[:2] == ["/title/ja", "/title/en"]
    assert all(name.startswith("/") for name in told)


def test_ids_are_safe_in_addresses():
    assert id_of("/manager/identifiers/@e-Rad_Researcher") == "f-manager-identifiers-e-Rad-Researcher"
    assert id_of("/creators/0/name/ja/family") == "f-creators-0-name-ja-family"


def test_inputs_stand_side_by_side_where_they_belong_together():
    from izumi.records.pages.fields import InputFace, in_rows

    made = [InputFace(name=n, id=n, kind="text", label=Text(), lang=lang) for n, lang in (("a", ""), ("b", "ja"), ("c", "en"), ("d", ""), ("e", ""))]
    assert [[one.name for one in row] for row in in_rows(tuple(made))] == [["a"], ["b", "c"], ["d", "e"]]


def as_posted(faces) -> dict[str, list[str]]:
    """What a browser sends for an untouched form."""
    sent: dict[str, list[str]] = {}
    for one in (i for s in faces for f in s.fields for i in (*f.inputs, *(j for item in f.items for j in item.inputs))):
        chosen = [option.code for option in one.options if option.chosen]
        if one.kind == "radio" and not chosen:
            continue
        sent[one.name] = ["", *chosen] if one.many else (chosen or [""]) if one.options else [one.value.replace("\n", "\r\n")]
    return sent


def test_a_form_sent_back_as_it_was_changes_nothing():
    from izumi.profiles import queries as profiles
    from izumi.records.form import changed, fingerprints
    from tests.builders import a_document

    document = a_document(
        access={"class": "closed", "reasons": [{"code": "contract", "note": {"ja": "契約"}}, {"code": "personal_data"}]},
        funding=[{"funder": {"name": {"ja": "JST（旧名）"}, "erad_code": "1020"}, "award_number": "JPMJ1", "award_title": {"ja": "課題"}}],
        keywords=[{"text": {"ja": "水質"}, "scheme": "local"}], languages=["en", "ja"],
        coverage={"places": [{"name": {"ja": "川"}, "point": [139.7, 35.5], "datum": "JGD2011"}]},
        relations=[{"relation": "IsDerivedFrom", "scheme": "DOI", "identifier": "10.5072/x", "kind": "publication"}],
        descriptions=[{"type": "methods", "text": {"ja": "方法\nその二"}}], dates=[{"type": "collected", "value": "2026"}],
    )  # fmt: skip
    form = profiles.form("common")
    faces = sections(form, Sheet(document=document, findings=(), vocabulary=profiles.vocabulary))
    found = units(as_posted(faces), document, readers(form, profiles.vocabulary))
    assert changed(found, fingerprints(document, names(faces))) == {}
