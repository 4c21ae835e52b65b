"""Free language help, said in the languages people here speak (R-A2; 45 CFR 92.11).

English and the fifteen languages of the federal list for Ohio, then Nepali and Somali.
None of these texts has been read by a qualified human translator yet: `reviewed_by` is empty and
`reviewed_on` is None until one has, and docs/content-signoff.md says so.
"""

import datetime
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reentry_portal.provider import Provider


@dataclass(frozen=True)
class LanguageNotice:
    """One notice; `code` is a BCP 47 tag and `text` has one `{phone}`."""

    code: str
    autonym: str
    text: str
    dir: str = "ltr"
    reviewed_by: str = ""
    reviewed_on: datetime.date | None = None

    def words(self, provider: Provider) -> SafeString:
        """The text with a phone link that keeps its own direction inside Arabic."""
        phone = format_html('<bdi dir="ltr">{} (TTY 711)</bdi>', provider.phone_link)
        return format_html(self.text, phone=phone)


NOTICES = (
    LanguageNotice("en", "English", "Help in your language is free. Call {phone}."),
    LanguageNotice("es", "Español", "La ayuda en su idioma es gratis. Llame al {phone}."),
    LanguageNotice("zh", "中文", "我们免费提供语言帮助。请致电 {phone}。"),
    LanguageNotice("de", "Deutsch", "Sprachhilfe ist für Sie kostenlos. Rufen Sie an: {phone}."),
    LanguageNotice("ar", "العربية", "المساعدة اللغوية متاحة لك مجانًا. اتصل على الرقم {phone}.", dir="rtl"),
    LanguageNotice(
        "pdc",
        "Deitsch",
        "Du kannscht mitaus Koschte ebber griege, ass dich helft mit Englisch. Ruf {phone} uff.",
    ),
    LanguageNotice("ru", "Русский", "Помощь переводчика бесплатна. Звоните: {phone}."),
    LanguageNotice("fr", "Français", "L’aide dans votre langue est gratuite. Appelez le {phone}."),
    LanguageNotice("vi", "Tiếng Việt", "Trợ giúp ngôn ngữ là miễn phí. Xin gọi {phone}."),
    LanguageNotice("om", "Afaan Oromoo", "Gargaarsi afaanii kaffaltii malee siif kennama. {phone} irratti bilbili."),
    LanguageNotice("ko", "한국어", "언어 지원은 무료입니다. {phone}로 전화해 주세요."),
    LanguageNotice("it", "Italiano", "L’aiuto nella sua lingua è gratuito. Chiami il {phone}."),
    LanguageNotice("ja", "日本語", "言語の支援は無料です。{phone} にお電話ください。"),
    LanguageNotice("nl", "Nederlands", "Hulp in uw taal is gratis. Bel {phone}."),
    LanguageNotice("uk", "Українська", "Мовна допомога безкоштовна. Телефонуйте: {phone}."),
    LanguageNotice("ro", "Română", "Ajutorul în limba dumneavoastră este gratuit. Sunați la {phone}."),
    LanguageNotice("ne", "नेपाली", "भाषा सहायता निःशुल्क छ। {phone} मा फोन गर्नुहोस्।"),
    LanguageNotice("so", "Soomaali", "Caawimada luqadda waa bilaash. Wac {phone}."),
)


def notices(provider: Provider) -> list[tuple[LanguageNotice, SafeString]]:
    """Each notice beside its words, ready for the page."""
    return [(notice, notice.words(provider)) for notice in NOTICES]
