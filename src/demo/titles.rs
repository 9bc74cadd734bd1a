//! What the tickets are about, by the language of who wrote them. `{}` stands
//! for a number.

use super::wording::{
    Category, DELIVERY, INTEGRATIONS, INVOICING, NOTIFICATIONS, PRINTING, REPORTS, SIGN_IN,
    SUPPLIER, UNSORTED,
};

/// A title, and the category that it belongs to.
pub(super) type Title = (&'static Category, &'static str);

/// The titles in `language`, which is that of a person.
pub(super) fn in_language(language: &str) -> &'static [Title] {
    match language {
        "no" => &NORWEGIAN,
        "de" => &GERMAN,
        "pl" => &POLISH,
        "sv" => &SWEDISH,
        "da" => &DANISH,
        "fr" => &FRENCH,
        "ja" => &JAPANESE,
        "el" => &GREEK,
        _ => &ENGLISH,
    }
}

static ENGLISH: [Title; 26] = [
    (&INVOICING, "Invoice {} shows the wrong VAT rate"),
    (&INVOICING, "Two reminders for invoice {}, already paid"),
    (&INVOICING, "Please send invoice {} as PDF"),
    (&INVOICING, "Credit note for order {}"),
    (&SUPPLIER, "Change of bank account for supplier {}"),
    (&SUPPLIER, "Supplier {} is listed twice"),
    (&SIGN_IN, "Password reset mail does not arrive"),
    (&SIGN_IN, "Locked out after three attempts"),
    (&SIGN_IN, "New colleague needs access"),
    (&SIGN_IN, "Authenticator code is always \"expired\""),
    (&DELIVERY, "Where is order {}?"),
    (&DELIVERY, "Order {} arrived with a box missing"),
    (&DELIVERY, "Delivery address for order {} is wrong"),
    (&DELIVERY, "Parcel {} has been at the depot for a week"),
    (&PRINTING, "Labels come out half a page too low"),
    (&PRINTING, "Printer {} prints question marks for ł and ø"),
    (&REPORTS, "Monthly report is empty since the update"),
    (&REPORTS, "Totals differ between screen and export"),
    (&REPORTS, "Can the report show week numbers?"),
    (&INTEGRATIONS, "Webhook {} answers with status 500"),
    (&INTEGRATIONS, "Contacts are no longer synchronised"),
    (&INTEGRATIONS, "API key for the test environment"),
    (&NOTIFICATIONS, "No push messages on my new phone"),
    (&NOTIFICATIONS, "Too many notifications at night"),
    (&UNSORTED, "Thank you!"),
    (&UNSORTED, "Question about my last ticket"),
];

static NORWEGIAN: [Title; 14] = [
    (&INVOICING, "Faktura {} har feil mva-sats"),
    (&INVOICING, "Purring på faktura {} som er betalt"),
    (&INVOICING, "Trenger kopi av faktura {}"),
    (&SUPPLIER, "Nytt kontonummer for leverandør {}"),
    (&SIGN_IN, "Får ikke logget inn etter passordbytte"),
    (&SIGN_IN, "Ny kollega trenger tilgang"),
    (&DELIVERY, "Når kommer ordre {}?"),
    (&DELIVERY, "Ordre {} mangler én kolli"),
    (&PRINTING, "Etikettene skrives ut opp ned"),
    (&REPORTS, "Rapporten viser ikke uke 53"),
    (&REPORTS, "Summen stemmer ikke på årsoversikten"),
    (&INTEGRATIONS, "Kontakter synkroniseres ikke lenger"),
    (&NOTIFICATIONS, "Varsler kommer midt på natta"),
    (&UNSORTED, "Spørsmål om åpningstider i påsken"),
];

static GERMAN: [Title; 12] = [
    (&INVOICING, "Rechnung {} mit falscher Umsatzsteuer"),
    (&INVOICING, "Mahnung trotz Zahlung, Rechnung {}"),
    (&SUPPLIER, "Lieferant {} doppelt angelegt"),
    (&SIGN_IN, "Anmeldung schlägt seit heute früh fehl"),
    (&SIGN_IN, "Passwort läuft täglich ab"),
    (&DELIVERY, "Lieferung {} beschädigt angekommen"),
    (&DELIVERY, "Lieferschein {} fehlt"),
    (&PRINTING, "Etikettendrucker {} druckt keine Umlaute (äöüß)"),
    (&REPORTS, "Monatsbericht bleibt leer"),
    (&INTEGRATIONS, "Schnittstelle meldet Fehler {}"),
    (&NOTIFICATIONS, "Keine Benachrichtigungen auf dem Diensthandy"),
    (&UNSORTED, "Rückruf erbeten"),
];

static POLISH: [Title; 8] = [
    (&INVOICING, "Błędna stawka VAT na fakturze {}"),
    (&INVOICING, "Proszę o duplikat faktury {}"),
    (&SIGN_IN, "Nie mogę się zalogować po zmianie hasła"),
    (&DELIVERY, "Gdzie jest przesyłka {}?"),
    (&DELIVERY, "Zamówienie {} dotarło uszkodzone"),
    (&PRINTING, "Drukarka gubi ogonki: ą, ę, ż"),
    (&REPORTS, "Pusty raport za ubiegły miesiąc"),
    (&UNSORTED, "Prośba o kontakt"),
];

static SWEDISH: [Title; 6] = [
    (&INVOICING, "Fel moms på faktura {}"),
    (&SIGN_IN, "Kan inte logga in från hemmakontoret"),
    (&DELIVERY, "Var är beställning {}?"),
    (&PRINTING, "Skrivaren hoppar över å, ä och ö"),
    (&REPORTS, "Årsrapporten räknar fel"),
    (&NOTIFICATIONS, "Inga aviseringar i mobilen"),
];

static DANISH: [Title; 6] = [
    (&INVOICING, "Rykker for faktura {}, som er betalt"),
    (&SIGN_IN, "Glemt adgangskode, mail kommer ikke"),
    (&DELIVERY, "Ordre {} mangler stadig"),
    (&SUPPLIER, "Leverandør {} har skiftet navn"),
    (&REPORTS, "Rapporten går i stå på 99 %"),
    (&UNSORTED, "Spørgsmål til åbningstider"),
];

static FRENCH: [Title; 7] = [
    (&INVOICING, "Facture {} : taux de TVA erroné"),
    (&INVOICING, "Relance reçue pour la facture {}, déjà réglée"),
    (&SIGN_IN, "Impossible de se connecter depuis l'été"),
    (&DELIVERY, "Colis {} arrivé abîmé"),
    (&REPORTS, "Le rapport n'affiche pas les accents"),
    (&INTEGRATIONS, "Synchronisation arrêtée à la fiche {}"),
    (&UNSORTED, "Où en est ma demande ?"),
];

static JAPANESE: [Title; 7] = [
    (&INVOICING, "請求書 {} の消費税率が違います"),
    (&INVOICING, "請求書 {} の再発行をお願いします"),
    (&SIGN_IN, "パスワード変更後にログインできません"),
    (&DELIVERY, "注文 {} がまだ届いていません"),
    (&PRINTING, "ラベルの漢字が文字化けします"),
    (&REPORTS, "月次レポートが空白になります"),
    (&INTEGRATIONS, "連絡先が同期されない"),
];

static GREEK: [Title; 6] = [
    (&INVOICING, "Λάθος ΦΠΑ στο τιμολόγιο {}"),
    (&SIGN_IN, "Δεν μπορώ να συνδεθώ"),
    (&DELIVERY, "Πού βρίσκεται η παραγγελία {};"),
    (&PRINTING, "Ο εκτυπωτής τυπώνει ερωτηματικά"),
    (&REPORTS, "Η μηνιαία αναφορά είναι κενή"),
    (&UNSORTED, "Ερώτηση για το ωράριο"),
];

/// Of tickets that no person wrote.
pub(super) static AUTOMATIC: [Title; 6] = [
    (&INTEGRATIONS, "[monitor] Nightly import failed with exit code {}"),
    (&INTEGRATIONS, "[monitor] Certificate expires in 14 days"),
    (&INTEGRATIONS, "[monitor] Queue holds {} messages"),
    (&DELIVERY, "Undeliverable: your message to customer {}"),
    (&UNSORTED, "Out of office: back on Monday"),
    (&REPORTS, "Scheduled report {} could not be sent"),
];

/// Of spam.
pub(super) static SPAM: [Title; 5] = [
    (&UNSORTED, "You have won {} coins!!!"),
    (&UNSORTED, "RE: RE: FW: Best prices, act now"),
    (&UNSORTED, "Your mailbox is full, verify {}"),
    (&UNSORTED, "Обновите ваши данные"),
    (&UNSORTED, "恭喜您获奖"),
];
