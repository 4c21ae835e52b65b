"""Two hundred and more ways to say it: what each means, read from its words alone (R-T3, R-T8)."""

import pytest

from followups.inbound import is_spanish, meaning_of

STOP = """
STOP|stop|Stop|Stop.|stop!|STOP!!!|"stop"|(stop)|*stop*|stop,|S T O P|s.t.o.p|S-T-O-P|st0p|STOOOOP|stopp|sstop|  stop  |
stop 🛑|🛑|✋|🚫 stop|stop 🙏|stop please|please stop|Please STOP.|pls stop|plz stop|stop thanks|stop thank you|
stop now|stop it|STOPALL|stop all|Stop All|stop-all|stop texting me|Stop texting|stop text|stop texts|stop sms|
stop messages|stop messaging me|stop sending me texts|stop sending these|stop these messages|stop all texts please|
ok stop|hi stop|i want to stop|stop stop stop|stop and end|UNSUBSCRIBE|unsubscribe|Unsubscribe please|unsubscribe me|
please unsubscribe me|unsubscribed|unsubcribe|unsuscribe|END|end|End.|end texts|end this please|QUIT|quit|Quit!|
quit texting me|CANCEL|cancel|Cancel.|cancel texts|cancle|REVOKE|revoke|Revoke.|OPTOUT|optout|opt-out|Opt Out|opt out|
opt me out|OPT OUT please|ＳＴＯＰ|ｓｔｏｐ|s\u200btop|stóp|sotp|stpo|stopit|remove|
REMOVE|td|ARRET|arrêt|stop\nstop|stop\tplease|
alto|ALTO|Alto por favor|parar|pare|para ya|basta|¡Basta!|basta ya|baja|BAJA|cancelar|cancelar mensajes|detener|
terminar|fin|stop por favor|STOP gracias
"""
PERHAPS_STOP = """
please don't text me|Please don’t text me|do not text me|dont text me again|don't ever text me|never text me again|
do not contact me|don't message me|no more texts|no more messages please|no texts|no more text|leave me alone|
Leave me alone!!|take me off your list|take me off this|remove me from this list|delete my number|lose my number|
erase my number|opt me out of whatever this is|i am not interested|
not interested|Can you stop writing to this phone|stop or I call someone|
don't stop|you need to stop this today|i said stop yesterday|why won't you people quit|how do i unsubscribe from this|
no me escriban|no me manden mensajes|no me envíen nada|no me contacten|no más mensajes|ya no quiero mensajes|
déjenme en paz|dejen de escribirme|borren mi número|no me llamen ni me escriban|STOP call me instead
"""
HELP = """
HELP|help|Help|help!|help?|Help please|please help|help me|h e l p|INFO|info|Info.|heeelp|HELP 🙏|
AYUDA|ayuda|¡Ayuda!|ayuda por favor|información|informacion
"""
START = """
START|start|Start|start!|Start.|start please|start texts|start texting me|s t a r t|UNSTOP|unstop|Unstop.|START 🙂|
I want to start|start again please|iniciar|comenzar|empezar
"""
FITS = "1|1.|1!|#1|(1)| 1 |1 thanks|1 please|one|One.|1️⃣|uno|1 👍|ok 1|1 gracias"
CHANGE = "2|2.|2!|(2)| 2 |2 please|two|Two|2️⃣|dos|2 gracias|2, thanks"
WRONG_NUMBER = """
wrong number|Wrong number|WRONG NUMBER!|wrong number.|wrong # |wrong num|wrong no|wrong person|Wrong phone|wrongnumber|
sorry wrong number|you have the wrong number|You got the wrong person|i think you have the wrong number|
this is not her number|not my number, stop|wrong number stop|this number is not mine|this is not the person|
i don't know anyone named that|número equivocado|numero equivocado|NÚMERO EQUIVOCADO|número incorrecto|
persona equivocada|se equivocó de número|te equivocaste de número|no es su número|wrong guy|that is not his phone
"""
OTHER = """
yes|Y|ok|thanks|Thank you|3|12|21|11|can you call me at 5|I will be there by the end of the day|
cancel my visit on Tuesday please|who is this|call me|hello|🙂|?||the bus stopped running|1 or 2|i need a ride|
estoy en el trabajo|gracias|can we start at 9 instead|my number is the same|no|sí|si|is it ok if I am late|
the weekend is better|nonstop work this week|start on two then
"""
TABLE = [
    (meaning, said)
    for meaning, column in {
        "stop": STOP,
        "perhaps_stop": PERHAPS_STOP,
        "help": HELP,
        "start": START,
        "fits": FITS,
        "change": CHANGE,
        "wrong_number": WRONG_NUMBER,
        "other": OTHER,
    }.items()
    for said in column.strip("\n").replace("|\n", "|").split("|")
]


@pytest.mark.parametrize(("meaning", "said"), TABLE)
def test_what_they_say_is_read_as_what_they_mean(meaning, said):
    assert meaning_of(said) == meaning


def test_there_are_two_hundred_spellings_of_the_words_that_must_never_be_misread():
    assert len({said for meaning, said in TABLE if meaning not in {"other", "fits", "change"}}) >= 200


def test_a_very_long_text_is_read_too():
    assert meaning_of("please " * 300 + "stop") == "stop"
    assert meaning_of("x " * 800) == "other"


@pytest.mark.parametrize(
    "said",
    ["alto", "ALTO!", "¡Ayuda!", "información", "no me escriban", "¿cuándo?", "uno", "hola", "estoy en el trabajo"],
)
def test_what_only_spanish_has_is_answered_in_spanish(said):
    assert is_spanish(said)


@pytest.mark.parametrize(
    "said", ["STOP", "help", "1", "2", "ok", "no", "", "🙂", "can you call me at 5", "texts to me please"]
)
def test_what_both_languages_share_is_answered_in_english(said):
    assert not is_spanish(said)
