//! Who writes the tickets, and who answers them. All made up.

/// A company.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) id: i32,
    pub(super) name: &'static str,
}

/// A customer.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: i32,
    pub(super) first: &'static str,
    pub(super) middle: &'static str,
    pub(super) last: &'static str,
    pub(super) address: &'static str,
    pub(super) company: &'static Company,
    /// The language that this person writes in.
    pub(super) language: &'static str,
}

impl Person {
    /// The parts of the name that there are, with a blank between them.
    pub(super) fn full_name(&self) -> String {
        let mut name = String::with_capacity(32);
        for part in [self.first, self.middle, self.last] {
            if !name.is_empty() && !part.is_empty() {
                name.push(' ');
            }
            name.push_str(part);
        }
        name
    }
}

/// A user of the service desk.
#[derive(Debug)]
pub(super) struct User {
    pub(super) id: i32,
    pub(super) associate: i32,
    /// The initials, which are the login name too.
    pub(super) login: &'static str,
    pub(super) name: &'static str,
}

/// Who owns what nobody has taken, and creates what comes from outside.
pub(super) static SYSTEM: User = User { id: 1, associate: 0, login: "system", name: "System" };

/// Those who answer.
pub(super) static USERS: [User; 8] = [
    User { id: 5, associate: 12, login: "ingrid", name: "Ingrid Solbakken" },
    User { id: 6, associate: 13, login: "tomasz", name: "Tomasz Lewandowski" },
    User { id: 7, associate: 17, login: "jürgen", name: "Jürgen Groß" },
    User { id: 9, associate: 21, login: "søren", name: "Søren Kjærgaard" },
    User { id: 11, associate: 24, login: "maja", name: "Maja Ström" },
    User { id: 14, associate: 30, login: "amélie", name: "Amélie Lefèvre" },
    User { id: 15, associate: 31, login: "daniel", name: "Daniel Okafor" },
    User { id: 18, associate: 40, login: "άννα", name: "Άννα Παπαδάκη" },
];

static FJORDLYS: Company = Company { id: 101, name: "Fjordlys Energi AS" };
static BRAEKKE: Company = Company { id: 102, name: "Brække & Sønn Møbler" };
static NORDAVIND: Company = Company { id: 103, name: "Nordavind Sjømat AS" };
static MUELLER: Company = Company { id: 110, name: "Müller Maschinenbau GmbH" };
static STRASSER: Company = Company { id: 111, name: "Straßer Logistik KG" };
static BALTYK: Company = Company { id: 120, name: "Bałtyk Spedycja Sp. z o.o." };
static ZOLW: Company = Company { id: 121, name: "Drukarnia Żółw S.A." };
static SMORGAS: Company = Company { id: 130, name: "Åkerlunds Bröd AB" };
static OERESUND: Company = Company { id: 131, name: "Øresund Cykler ApS" };
static CHATEAU: Company = Company { id: 140, name: "Éditions du Chêne Doré" };
static SAKURA: Company = Company { id: 150, name: "さくら精機株式会社" };
static MINATO: Company = Company { id: 151, name: "港北商事" };
static AEGEAN: Company = Company { id: 160, name: "Αιγαίο Ναυτιλιακή Α.Ε." };
static HARBOUR: Company = Company { id: 170, name: "Harbour & Lane, \"The Box People\"" };
static BRIGHT: Company = Company { id: 171, name: "Brightwater Dental Group" };
static KESTREL: Company = Company { id: 172, name: "Kestrel Outdoor Ltd" };

const fn person(
    id: i32,
    (first, middle, last): (&'static str, &'static str, &'static str),
    address: &'static str,
    company: &'static Company,
    language: &'static str,
) -> Person {
    Person { id, first, middle, last, address, company, language }
}

/// Those who ask.
pub(super) static PEOPLE: [Person; 30] = [
    person(1001, ("Kari", "", "Nordmann"), "kari@fjordlys.example", &FJORDLYS, "no"),
    person(1002, ("Bjørn", "Åge", "Sæther"), "bjorn.age@fjordlys.example", &FJORDLYS, "no"),
    person(1003, ("Åse", "", "Bjørkås"), "aase@braekke.example", &BRAEKKE, "no"),
    person(1004, ("Håkon", "", "Øygard"), "hakon@braekke.example", &BRAEKKE, "no"),
    person(1005, ("Siv", "Merethe", "Lønning"), "siv@nordavind.example", &NORDAVIND, "no"),
    person(1010, ("Jörg", "", "Weiß"), "j.weiss@mueller-maschinen.example", &MUELLER, "de"),
    person(
        1011,
        ("Käthe", "von", "Löwenstein"),
        "kaethe@mueller-maschinen.example",
        &MUELLER,
        "de",
    ),
    person(1012, ("Ömer", "", "Yıldız"), "oemer@strasser.example", &STRASSER, "de"),
    person(1013, ("Anneliese", "", "Schäfer"), "a.schaefer@strasser.example", &STRASSER, "de"),
    person(1020, ("Zofia", "", "Wójcik"), "zofia@baltyk.example", &BALTYK, "pl"),
    person(1021, ("Łukasz", "", "Śliwiński"), "lukasz@baltyk.example", &BALTYK, "pl"),
    person(1022, ("Małgorzata", "", "Źródlak"), "malgorzata@zolw.example", &ZOLW, "pl"),
    person(1030, ("Göran", "", "Åkerlund"), "goran@akerlunds.example", &SMORGAS, "sv"),
    person(1031, ("Märta", "af", "Björkö"), "marta@akerlunds.example", &SMORGAS, "sv"),
    person(1032, ("Søs", "", "Rønnebæk"), "sos@oresund-cykler.example", &OERESUND, "da"),
    person(1033, ("Mads", "Æbelø", "Holm"), "mads@oresund-cykler.example", &OERESUND, "da"),
    person(1040, ("Françoise", "", "Noël"), "f.noel@chene-dore.example", &CHATEAU, "fr"),
    person(1041, ("Benoît", "de", "La Forêt"), "benoit@chene-dore.example", &CHATEAU, "fr"),
    person(1050, ("陽子", "", "佐藤"), "yoko.sato@sakura-seiki.example", &SAKURA, "ja"),
    person(1051, ("健太", "", "渡辺"), "k.watanabe@minato.example", &MINATO, "ja"),
    person(1060, ("Ελένη", "", "Παπαδοπούλου"), "eleni@aigaio.example", &AEGEAN, "el"),
    person(1061, ("Γιώργος", "", "Καραγιάννης"), "giorgos@aigaio.example", &AEGEAN, "el"),
    person(1070, ("Maeve", "", "O'Sullivan"), "maeve@harbourlane.example", &HARBOUR, "en"),
    person(1071, ("Tariq", "", "Rahman"), "tariq@harbourlane.example", &HARBOUR, "en"),
    person(1072, ("Grace", "Adaeze", "Obi"), "grace.obi@brightwater.example", &BRIGHT, "en"),
    person(1073, ("Liam", "", "Hughes"), "liam@brightwater.example", &BRIGHT, "en"),
    person(1074, ("Priya", "", "Raman"), "priya@kestrel.example", &KESTREL, "en"),
    person(1075, ("Joost", "van der", "Meer"), "joost@kestrel.example", &KESTREL, "en"),
    person(1076, ("Nguyễn", "Thị", "Hồng"), "hong@kestrel.example", &KESTREL, "en"),
    person(1077, ("Renée", "", "Fitzgerald"), "renee@brightwater.example", &BRIGHT, "en"),
];

/// Sales that tickets hang on: id and heading.
pub(super) static SALES: [(i32, &str); 5] = [
    (2001, "Renewal 2026, 40 seats"),
    (2002, "Upgrade: label printers"),
    (2003, "Rammeavtale strøm 2025"),
    (2004, "Wartungsvertrag Halle 3"),
    (2005, "Pilot, \"Warehouse North\""),
];

/// Projects that tickets hang on: id and name.
pub(super) static PROJECTS: [(i32, &str); 4] = [
    (3001, "New web shop"),
    (3002, "Flytting til Ålesund"),
    (3003, "Einführung Barcode-Scanner"),
    (3004, "Autumn catalogue"),
];
