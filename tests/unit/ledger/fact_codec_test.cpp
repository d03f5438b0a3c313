#include "store/ledger/fact_codec.hpp"

#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

const Generation generation{"alice", "Entw\xc3\xbcrfe", UidValidity{4294967295}};

const std::vector<Fact> facts{
    AccountDeclared{"alice", "imaps://alice@mail.example.org"},
    MailboxListed{"alice", "Sent", "/", {"\\Sent", "\\HasNoChildren"}},
    MailboxListed{"alice", "not UTF-8 \xff", "", {}},
    MailboxGone{"alice", "Sent"},
    GenerationOpened{generation},
    Sighting{generation,
             Uid{7},
             sha256("m"),
             123,
             {UtcSeconds(std::chrono::seconds(-5)), -330},
             {"\\Seen", "$x"},
             ModSeq{~0ull}},
    Sighting{.generation = generation,
             .uid = Uid{8},
             .digest = sha256("n"),
             .internal_date = {},
             .flags = {},
             .said_size = 5,
             .saved = ZonedSeconds{UtcSeconds(std::chrono::seconds(-7)), 60}},
    FlagsSeen{generation, Uid{7}, {}, ModSeq{0}},
    Vanished{generation, {Uid{3}, Uid{1}, Uid{4294967295}}},
    GenerationSynced{generation, Uid{8}, ModSeq{99}, 2},
    Excluded{"alice", "Junk", "exclude Junk"},
    Quarantined{generation, Uid{9}, "NO [SERVERBUG]"},
    Quarantined{},
    Awaited{generation, {Uid{4}, Uid{5}, Uid{4294967295}}},
    Reconciled{.generation = generation,
               .began = UtcMicros(std::chrono::microseconds(-1)),
               .ended = UtcMicros(std::chrono::microseconds(2)),
               .mailboxes = 3,
               .shown = 4,
               .missing = 5,
               .replaced = 6,
               .gone = 7,
               .repaired = 8,
               .unaccounted = ~0ull,
               .problem = "the line broke"},
    Moved{sha256("m"), generation, Uid{7}, {"alice", "Work", UidValidity{1}}, Uid{2}},
    Renamed{"alice", "Work", "not UTF-8 \xff"},
    SecurityShown{"alice",
                  "imaps://alice@mail.example.org",
                  "TLSv1.3",
                  {"PLAIN", "SCRAM-SHA-256"},
                  "SCRAM-SHA-256",
                  "tls-exporter",
                  "a2V5",
                  "CN=an authority",
                  true},
    WorkspaceNamed{{"bob", UidValidity{3}}, "Matter/1", {"\\Drafts"}},
    Annotated{"bob", "alice", "INBOX", {}, "/comment", std::nullopt},
    Annotated{"", "", "", {"bob", UidValidity{3}}, "/comment", std::string("a\0b", 3)},
    Accessed{UtcMicros(std::chrono::microseconds(7)), "bob", "192.0.2.1:5", 9, Accessed::What::copy,
             "INBOX", "1:3 BODY[]", "ok"},
    Journaled{.generation = generation,
              .uid = Uid{8},
              .digest = sha256("m"),
              .time = UtcMicros(std::chrono::microseconds(-8)),
              .sender = "a@example.org",
              .recipients = {"b@example.org", "\xc3\xa4@example.org"},
              .peer = "192.0.2.1:5",
              .helo = "mx.example.org",
              .protocol = "UTF8LMTPS",
              .tls = "TLSv1.3",
              .report = sha256("report")},
    Journaled{},
    GmailSeen{generation, Uid{8}, ~0ull, 7, {{"\\Inbox", "Entw\xc3\xbcrfe, not sent"}}},
    GmailSeen{generation, Uid{9}, 1, 2, std::vector<std::string>{}},
    GmailSeen{},
    Granted{{"bob", UidValidity{3}}, "-$team", "lr"},
    WorkspaceDeleted{{"bob", UidValidity{4294967295}}},
    Filed{{"bob", UidValidity{3}},
          Uid{5},
          {{sha256("m"), {UtcSeconds(std::chrono::seconds(-5)), -330}, {"\\Seen", "$x"}},
           {sha256("n"), {}, {}}}},
    Flagged{{"bob", UidValidity{3}}, {Uid{5}, Uid{6}}, {"\\Seen"}},
    Unfiled{{"bob", UidValidity{3}}, {Uid{5}}},
    Subscribed{"bob", "INBOX", true},
    Subscribed{"bob", "INBOX", false},
    PersonallyFlagged{"bob", "alice", "INBOX", {Uid{5}, Uid{6}}, {"\\Seen"}},
};

TEST_CASE("every fact comes back from its record body") {
    for (const auto& fact : facts) {
        const auto encoded = take(encode_body(fact));
        const auto content = take(decode_body(encoded.kind, encoded.body));
        CHECK(std::get<Fact>(content) == fact);
    }
    const MessageStored message{sha256("m"), 1};
    const auto encoded = encode_body(message);
    CHECK(std::get<MessageStored>(take(decode_body(encoded.kind, encoded.body))) == message);
}

TEST_CASE("a cut body is an error or a smaller fact, never a crash") {
    for (const auto& fact : facts) {
        const auto encoded = take(encode_body(fact));
        for (std::size_t size = 0; size < encoded.body.size(); ++size) {
            const auto content = decode_body(encoded.kind, encoded.body.substr(0, size));
            if (!content) CHECK(content.error().code == Errc::corrupt);
        }
    }
}

TEST_CASE("a kind from the future is passed over") {
    CHECK(std::holds_alternative<UnknownKind>(take(decode_body(Kind{999}, "\xff\xff"))));
}

TEST_CASE("a fact larger than a body is refused") {
    CHECK(encode_body(Quarantined{generation, Uid{1}, std::string(max_body_length, 'x')})
              .error()
              .code == Errc::limit);
}

}  // namespace
}  // namespace mailhold::store::ledger
