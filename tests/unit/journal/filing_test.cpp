// What was handed in, in a real archive: there after a restart, and the same after a rebuild.
#include "intake/journal/filing.hpp"

#include <catch2/catch.hpp>

#include "intake/journal/report.hpp"
#include "store/base/fail_point.hpp"
#include "tests/unit/engine/temporary_folder.hpp"

using namespace mailhold;
using namespace mailhold::intake::journal;

namespace {

const Envelope envelope{"a@example.org", {"b@example.org", "\xc3\xa4 b@x"}, "mx", "UTF8LMTPS"};
const Peer peer{"192.0.2.1:4711", "TLSv1.3"};
const UtcMicros when{std::chrono::microseconds(1'700'000'000'123'456)};

std::unique_ptr<store::Archive> open(const test::TemporaryFolder& folder) {
    auto archive = store::Archive::open(folder.path() / "data");
    REQUIRE(archive);
    return std::move(*archive);
}

store::Journaled fact(const std::string& octets, std::uint32_t uid) {
    return {.generation = {"journal", "Journal", UidValidity{1}},
            .uid = Uid{uid},
            .digest = sha256(octets),
            .time = when,
            .sender = envelope.sender,
            .recipients = envelope.recipients,
            .peer = peer.address,
            .helo = envelope.helo,
            .protocol = envelope.protocol,
            .tls = peer.tls};
}

std::string report_of(const std::string& lines, const std::string& original) {
    return "X-MS-Journal-Report:\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" +
           lines + "--b\r\nContent-Type: message/rfc822\r\n\r\n" + original + "\r\n--b--\r\n";
}

}  // namespace

TEST_CASE("a message stands in its mailbox with its envelope, each time that it is handed in") {
    const test::TemporaryFolder folder;
    const std::string octets = "Subject: x\r\n\r\n\n.\n";
    for (std::uint32_t run = 0; run < 2; ++run) {
        const auto archive = open(folder);
        const auto filing = Filing::open(*archive, "journal");
        REQUIRE(filing);
        REQUIRE((*filing)->file(envelope, peer, Blob(octets), when, Reports::unwrapped));
        const auto message = archive->find(sha256(octets));
        REQUIRE(message);
        CHECK(archive->octets(*message)->view() == octets);
        std::vector<store::Journaled> expected = {fact(octets, 1)};
        if (run == 1) expected.push_back(fact(octets, 2));
        CHECK(archive->envelopes(message->number).value() == expected);
        CHECK(archive->locations(message->number)->size() == run + 1);
    }
    REQUIRE(store::verify(folder.path() / "data")->problems.empty());
    REQUIRE(store::rebuild_catalog(folder.path() / "data"));
    CHECK(store::verify(folder.path() / "data")->problems.empty());
    CHECK(open(folder)->envelopes(MessageNumber{1})->size() == 2);
}

TEST_CASE(
    "beside a journal report stands the message that it carries, with what the report says of it") {
    const test::TemporaryFolder folder;
    const auto archive = open(folder);
    const auto filing = Filing::open(*archive, "journal");
    REQUIRE(filing);
    const std::string original = "Subject: secret\r\n\r\n.\r\n";
    const auto report = report_of("Sender: s@example.org\r\nBcc: r@example.org\r\n", original);
    REQUIRE((*filing)->file(envelope, peer, Blob(report), when, Reports::unwrapped));
    const auto kept = archive->find(sha256(report));
    REQUIRE(kept);
    CHECK(archive->envelopes(kept->number).value() == std::vector{fact(report, 1)});
    const auto inner = archive->find(sha256(original));
    REQUIRE(inner);
    auto expected = fact(original, 2);
    expected.sender = "s@example.org";
    expected.recipients = {"r@example.org"};
    expected.report = sha256(report);
    CHECK(archive->envelopes(inner->number).value() == std::vector{expected});
    CHECK(archive->octets(*inner)->view() == original);
}

TEST_CASE("a report of one who may send none is mail like any other") {
    const test::TemporaryFolder folder;
    const auto archive = open(folder);
    const auto filing = Filing::open(*archive, "journal");
    REQUIRE(filing);
    const auto forged = report_of("Sender: boss@example.org\r\n", "Subject: pay\r\n\r\nnow\r\n");
    REQUIRE((*filing)->file(envelope, peer, Blob(forged), when, Reports::kept));
    CHECK(archive->totals()->messages == 1);
    CHECK(archive->find(sha256(forged)));
}

TEST_CASE("a report that names more recipients than a record holds is stored all the same") {
    const test::TemporaryFolder folder;
    const auto archive = open(folder);
    const auto filing = Filing::open(*archive, "journal");
    REQUIRE(filing);
    std::string lines = "Sender: " + std::string(2 << 20, 's') + "\r\nTo: first@example.org\r\n";
    const std::string line = "to:" + std::string(985, 'a') + "\r\n";
    for (std::size_t size = 0; size < 17u << 20; size += line.size()) lines += line;
    const std::string original = "Subject: x\r\n\r\n.\r\n";
    REQUIRE((*filing)->file(envelope, peer, Blob(report_of(lines, original)), when,
                            Reports::unwrapped));
    const auto inner = archive->find(sha256(original));
    REQUIRE(inner);
    const auto told = archive->envelopes(inner->number).value().at(0);
    CHECK(told.sender.empty());
    CHECK(told.recipients.size() == 1 + (Report::most_octets - 17) / 985);
    CHECK(told.recipients.front() == "first@example.org");
}

TEST_CASE("what could not be stored left nothing, and can be handed in again") {
    const test::TemporaryFolder folder;
    const auto archive = open(folder);
    const auto filing = Filing::open(*archive, "journal");
    REQUIRE(filing);
    REQUIRE(fail_point::arm("ledger.before_append:1:no_space"));
    const auto refused =
        (*filing)->file(envelope, peer, Blob(std::string("x\r\n")), when, Reports::kept);
    REQUIRE(fail_point::arm(""));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::no_space);
    CHECK(archive->totals()->messages == 0);
    REQUIRE((*filing)->file(envelope, peer, Blob(std::string("x\r\n")), when, Reports::kept));
    CHECK(archive->totals()->messages == 1);
}

TEST_CASE("an account that mirrors an origin takes no journal") {
    const test::TemporaryFolder folder;
    const auto archive = open(folder);
    REQUIRE(archive->ingest({}, {store::AccountDeclared{"alice", "imaps://alice@mail"}}));
    const auto filing = Filing::open(*archive, "alice");
    REQUIRE_FALSE(filing);
    CHECK(filing.error().code == Errc::invalid);
}
