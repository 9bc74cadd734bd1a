//! What an installation names for itself: categories, priorities, statuses
//! and request types, in the languages of its users.

use super::language::Names;

/// A category, with the names from its topmost parent down to its own.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) id: i32,
    pub(super) path: &'static [Names],
}

impl Category {
    /// Its own name, as a path of one.
    pub(super) fn name(&self) -> &'static [Names] {
        &self.path[self.path.len().saturating_sub(1)..]
    }
}

/// A priority.
#[derive(Debug)]
pub(super) struct Priority {
    pub(super) id: i32,
    pub(super) names: Names,
    /// The hours until the deadline, where the priority sets one.
    pub(super) hours: Option<i64>,
}

/// A status that users choose, and what it means to the system.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) id: i32,
    pub(super) base: &'static str,
    pub(super) names: Names,
}

/// Norwegian, English, German, French, Swedish, Danish.
const fn names(all: [&'static str; 6]) -> Names {
    let [no, us, ge, fr, sw, da] = all;
    Names { no, us, ge, fr, sw, da }
}

const SUPPORT: Names = names([
    "Kundestøtte",
    "Customer support",
    "Kundenbetreuung",
    "Assistance",
    "Kundtjänst",
    "Kundesupport",
]);
const FINANCE: Names = names(["Økonomi", "Finance", "Finanzen", "Finances", "Ekonomi", "Økonomi"]);
const PRODUCTS: Names =
    names(["Produkter", "Products", "Produkte", "Produits", "Produkter", "Produkter"]);
const MOBILE_APP: Names =
    names(["Mobilapp", "Mobile app", "Mobile App", "Application mobile", "Mobilapp", ""]);

pub(super) static INVOICING: Category = Category {
    id: 1,
    path: &[
        FINANCE,
        names(["Faktura", "Invoicing", "Rechnungen", "Facturation", "Fakturor", "Faktura"]),
    ],
};
pub(super) static SUPPLIER: Category = Category {
    id: 2,
    path: &[
        FINANCE,
        names(["Leverandør", "Supplier", "Lieferant", "Fournisseur", "Leverantör", "Leverandør"]),
    ],
};
pub(super) static SIGN_IN: Category = Category {
    id: 3,
    path: &[SUPPORT, names(["Pålogging", "Sign-in", "Anmeldung", "Connexion", "Inloggning", ""])],
};
pub(super) static DELIVERY: Category = Category {
    id: 4,
    path: &[
        SUPPORT,
        names(["Levering", "Delivery", "Lieferung", "Livraison", "Leverans", "Levering"]),
    ],
};
pub(super) static PRINTING: Category = Category {
    id: 5,
    path: &[PRODUCTS, names(["Utskrift", "Printing", "Drucken", "Impression", "Utskrift", ""])],
};
pub(super) static REPORTS: Category = Category {
    id: 6,
    path: &[PRODUCTS, names(["Rapporter", "Reports", "Berichte", "Rapports", "", "Rapporter"])],
};
pub(super) static INTEGRATIONS: Category = Category {
    id: 7,
    path: &[PRODUCTS, names(["Integrasjoner", "Integrations", "Schnittstellen", "", "", ""])],
};
pub(super) static NOTIFICATIONS: Category = Category {
    id: 8,
    path: &[
        PRODUCTS,
        MOBILE_APP,
        names([
            "Varsler",
            "Notifications",
            "Benachrichtigungen",
            "Notifications",
            "Aviseringar",
            "",
        ]),
    ],
};
pub(super) static UNSORTED: Category = Category {
    id: 9,
    path: &[names(["Usortert", "Unsorted", "Unsortiert", "Non classé", "Osorterat", "Usorteret"])],
};

/// With how many tickets in a thousand have each.
pub(super) static PRIORITIES: [(u16, Priority); 4] = [
    (
        90,
        Priority {
            id: 4,
            names: names(["Haster", "Urgent", "Dringend", "Urgent", "Brådskande", "Haster"]),
            hours: Some(4),
        },
    ),
    (
        210,
        Priority {
            id: 3,
            names: names(["Høy", "High", "Hoch", "Haute", "Hög", "Høj"]),
            hours: Some(24),
        },
    ),
    (
        540,
        Priority {
            id: 2,
            names: names(["Middels", "Medium", "Mittel", "Moyenne", "Medel", "Mellem"]),
            hours: Some(72),
        },
    ),
    (
        160,
        Priority {
            id: 1,
            names: names(["Lav", "Low", "Niedrig", "Basse", "Låg", "Lav"]),
            hours: None,
        },
    ),
];

const CLOSED: Names = names(["Lukket", "Closed", "Geschlossen", "Fermé", "Stängd", "Lukket"]);
const POSTPONED: Names =
    names(["Utsatt", "Postponed", "Zurückgestellt", "Reporté", "Uppskjuten", "Udsat"]);

const fn status(per_mille: u16, base: &'static str, id: i32, names: Names) -> (u16, Status) {
    (per_mille, Status { id, base, names })
}

/// With how many tickets in a thousand have each.
pub(super) static STATUSES: [(u16, Status); 19] = [
    status(2, "Unknown", 0, names([""; 6])),
    status(170, "Active", 1, names(["Åpen", "Open", "Offen", "Ouvert", "Öppen", "Åben"])),
    status(
        130,
        "Active",
        5,
        names(["Under arbeid", "In progress", "In Arbeit", "En cours", "Pågår", "I gang"]),
    ),
    status(
        80,
        "Active",
        6,
        names(["Venter på kunde", "Waiting", "Warten auf Kunden", "En attente", "Väntar", ""]),
    ),
    status(20, "Active", 7, names(["Eskalert", "Escalated", "Eskaliert", "", "Eskalerad", ""])),
    status(350, "Closed", 2, CLOSED),
    status(80, "Closed", 8, names(["Løst", "Solved", "Gelöst", "Résolu", "Löst", "Løst"])),
    status(30, "Postponed", 3, POSTPONED),
    status(15, "PostponedSpecific", 3, POSTPONED),
    status(5, "Postponed1Hour", 3, POSTPONED),
    status(5, "Postponed2Hours", 3, POSTPONED),
    status(4, "Postponed3Hours", 3, POSTPONED),
    status(6, "Postponed4Hours", 3, POSTPONED),
    status(10, "PostponedDay", 3, POSTPONED),
    status(10, "PostponedWeek", 3, POSTPONED),
    status(6, "PostponedMonth", 3, POSTPONED),
    status(25, "Merged", 9, names(["Slått sammen", "Merged", "Zusammengeführt", "", "", ""])),
    status(30, "Spam", 10, names(["Søppelpost", "Spam", "Spam", "Indésirable", "Skräppost", ""])),
    status(
        22,
        "Deleted",
        4,
        names(["Slettet", "Deleted", "Gelöscht", "Supprimé", "Borttagen", ""]),
    ),
];

/// The request types.
pub(super) static TYPES: [(i32, Names); 4] = [
    (1, names(["Hendelse", "Incident", "Störung", "Incident", "Incident", "Hændelse"])),
    (2, names(["Spørsmål", "Question", "Frage", "Question", "Fråga", "Spørgsmål"])),
    (3, names(["Bestilling", "Service request", "Serviceanfrage", "Demande", "Beställning", ""])),
    (4, names(["Klage", "Complaint", "Beschwerde", "Réclamation", "Klagomål", "Klage"])),
];

/// With how many tickets in a thousand come from each.
pub(super) static ORIGINS: [(u16, &str); 15] = [
    (2, "Unknown"),
    (420, "Email"),
    (25, "SMS"),
    (5, "Fax"),
    (150, "Phone"),
    (20, "Facebook"),
    (8, "Twitter"),
    (60, "Internal"),
    (140, "CustomerCentre"),
    (20, "EMarketing"),
    (30, "AutoGenerated"),
    (60, "Chat"),
    (40, "Form"),
    (15, "API"),
    (5, "Flow"),
];

/// With how many tickets in a thousand have each.
pub(super) static SECURITY_LEVELS: [(u16, &str); 3] =
    [(2, "Unknown"), (148, "Internal"), (850, "External")];

/// With how many tickets in a thousand have each.
pub(super) static READ_STATUSES: [(u16, &str); 4] =
    [(3, "Unknown"), (600, "Green"), (217, "Yellow"), (180, "Red")];
