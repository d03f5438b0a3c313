#include <catch2/catch.hpp>

#include "imap/net/tls.hpp"
#include "store/base/file.hpp"
#include "tests/unit/net/loopback.hpp"

using namespace mailhold;
using namespace mailhold::imap::net;
using test::converse;
using namespace std::chrono_literals;

namespace {

// Handshakes a client with `trust` for `host` against a self-signed server; the client's verdict and what it heard.
struct Outcome {
    Status status;
    std::string heard;
};

Outcome handshake(const ClientTrust& trust, const std::string& host,
                  const std::filesystem::path& keys) {
    auto identity = ServerIdentity::load_or_make(keys);
    REQUIRE(identity);
    Outcome outcome;
    converse(
        [&](Stream stream) -> awaitable<void> {
            auto done = co_await stream.start_tls_server(*identity, in(10s));
            if (!done) co_return;
            std::vector<std::string_view> pieces{"secret"};
            auto written = co_await stream.write(pieces, in(10s));
            (void)written;
        },
        [&](Stream stream) -> awaitable<void> {
            outcome.status = co_await stream.start_tls_client(trust, host, in(10s));
            if (outcome.status) outcome.heard = (co_await stream.read_some(in(10s))).value_or("");
        });
    return outcome;
}

}  // namespace

TEST_CASE("a certificate that no authority vouches for is refused") {
    const test::TemporaryFolder folder;
    const auto outcome = handshake({}, "localhost", folder.path);
    REQUIRE_FALSE(outcome.status);
    CHECK(outcome.status.error().code == Errc::tls);
    CHECK_THAT(outcome.status.error().text, Catch::Contains("not trusted"));
}

TEST_CASE("a certificate is accepted for its own names and addresses only") {
    const test::TemporaryFolder folder;
    REQUIRE(ServerIdentity::load_or_make(folder.path));
    ClientTrust trust;
    trust.ca_file = (folder.path / "tls.crt").string();
    CHECK(handshake(trust, "localhost", folder.path).heard == "secret");
    CHECK(handshake(trust, "127.0.0.1", folder.path).heard == "secret");
    for (const std::string host : {"mail.example.org", "127.0.0.2"}) {
        const auto outcome = handshake(trust, host, folder.path);
        REQUIRE_FALSE(outcome.status);
        CHECK(outcome.status.error().code == Errc::tls);
    }
}

TEST_CASE("a pinned key is accepted, any other is refused") {
    const test::TemporaryFolder folder;
    REQUIRE(ServerIdentity::load_or_make(folder.path));
    ClientTrust trust;
    trust.pin_sha256 = {"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="};
    const auto outcome = handshake(trust, "localhost", folder.path);
    REQUIRE_FALSE(outcome.status);
    CHECK_THAT(outcome.status.error().text, Catch::Contains("pin"));

    const auto command = "openssl x509 -in " + (folder.path / "tls.crt").string() +
                         " -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst "
                         "-sha256 -binary | base64 > " +
                         (folder.path / "pin").string();
    REQUIRE(std::system(command.c_str()) == 0);
    auto pin = read_file(folder.path / "pin");
    REQUIRE(pin);
    trust.pin_sha256.push_back(pin->substr(0, pin->find('\n')));
    CHECK(handshake(trust, "wrong.name", folder.path).heard == "secret");
}

TEST_CASE("a certificate authority file that cannot be read is an error, not trust") {
    const test::TemporaryFolder folder;
    ClientTrust trust;
    trust.ca_file = (folder.path / "absent.pem").string();
    const auto outcome = handshake(trust, "localhost", folder.path);
    REQUIRE_FALSE(outcome.status);
    CHECK_THAT(outcome.status.error().text, Catch::Contains("absent.pem"));
}

TEST_CASE("the self-signed pair is made once, with a private key only its owner reads") {
    const test::TemporaryFolder folder;
    auto first = ServerIdentity::load_or_make(folder.path / "keys");
    REQUIRE(first);
    auto second = ServerIdentity::load_or_make(folder.path / "keys");
    REQUIRE(second);
    CHECK((*first)->fingerprint() == (*second)->fingerprint());
    const auto permissions =
        std::filesystem::status(folder.path / "keys" / "tls.key").permissions();
    CHECK((permissions & std::filesystem::perms::all) == std::filesystem::perms(0600));
}
