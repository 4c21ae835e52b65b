"""A word that tells an onlooker what this is about is found however it is written (R-P2)."""

import pytest

from privacy.revealing_words import reveals

ENGLISH = """
    Recovery rehab IOP detox treatment addiction addict sober SUD counseling counselling counselor therapy
    therapist therapies clinic clinician outpatient inpatient substance drug drugs alcohol alcoholic relapse
    relapses overdose sobriety opioid naloxone
"""
SPANISH = """
    recuperación tratamiento adicción adicciones adicto rehabilitación desintoxicación terapia terapeuta
    consejería consejero sobrio sobriedad droga drogas drogadicción clínica recaída sobredosis sustancias
    alcohólicos
"""


@pytest.mark.parametrize("word", ENGLISH.split())
def test_english_words_reveal(word):
    assert reveals(f"A call from {word} today") == [word]


@pytest.mark.parametrize("word", SPANISH.split())
def test_spanish_words_reveal(word):
    assert reveals(f"Una llamada de {word} hoy") == [word]


@pytest.mark.parametrize("text", ["RECOVERY", "recovery", "ReCoVeRy"])
def test_case_does_not_matter(text):
    assert reveals(text) == [text]


@pytest.mark.parametrize("text", ["adiccion", "adicción", "adiccio\u0301n", "ADICCIÓN"])
def test_accents_do_not_matter(text):
    assert len(reveals(text)) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("midwest-recovery-center", ["recovery"]),
        ("midwest_recovery_notes.pdf", ["recovery"]),
        ("midwestrecovery.example", ["midwestrecovery"]),
        ("/start/iop/", ["iop"]),
        ("detox/rehab", ["detox", "rehab"]),
        ("I.O.P. desk", ["I.O.P"]),
        ("the I O P desk", ["I O P"]),
        ("re-hab", ["re-hab"]),
        ("re\u00adcovery", ["re\u00adcovery"]),
        ("re\u200bcovery", ["re\u200bcovery"]),
        ("ｒｅｃｏｖｅｒｙ", ["recovery"]),
    ],
)
def test_punctuation_and_tricks_do_not_hide_a_word(text, found):
    assert reveals(text) == found


@pytest.mark.parametrize("text", ["42 CFR Part 2", "42CFR2", "Behavioral Health Desk", "12-step", "Salud Mental"])
def test_laws_and_phrases_reveal(text):
    assert reveals(text)


def test_each_word_is_named_once_and_in_order():
    assert reveals("Detox, then rehab, then detox, then Detox") == ["Detox", "rehab", "detox"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Front Desk",
        "Toledo, Maumee, Perrysburg, Oregon",
        "Thanks for reaching out. A person will call by Monday noon. Reply STOP to stop texts.",
        "All of a sudden: suds? No, sudden. Soberano, soberbia.",
        "Please recover the sofa cover, and rug-by shoes",
        "other-appointments and other/apples",
        "Asunto: su cita del lunes. Puede llamarnos cuando quiera.",
        "a step at a time, a plan B, vitamin C",
    ],
)
def test_neutral_words_pass(text):
    assert reveals(text) == []


def test_a_long_chain_without_spaces_is_read_in_no_time():
    assert reveals("a." * 5_000 + "iop") == ["iop"]
