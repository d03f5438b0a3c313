#include "store/ledger/payload.hpp"

#include <random>

#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

std::string noise(std::size_t size) {
    std::mt19937 random(1);
    std::string octets(size, '\0');
    for (auto& octet : octets) octet = static_cast<char>(random());
    return octets;
}
std::string prose(std::size_t size) {
    std::string octets;
    for (std::size_t line = 0; octets.size() < size; ++line)
        octets += "This is line " + std::to_string(line) + "\r\n";
    octets.resize(size);
    return octets;
}

// A file that holds just this payload, as if after a record head.
struct Stored {
    File file;
    Record record;
};
Stored store(const TestFolder& folder, const Payload& payload) {
    Stored stored{take(File::temporary(folder.path())), {}};
    ok(stored.file.write(std::string(record_header_size, ' ')));
    ok(stored.file.write(payload.stored.view()));
    stored.record.header.codec = payload.codec;
    stored.record.header.payload_length = payload.stored.size();
    stored.record.header.payload_crc = payload.crc;
    return stored;
}

TEST_CASE("payloads of all sizes come back, compressed only where that shrinks them") {
    const TestFolder folder;
    for (const std::size_t size :
         {0u, 1u, 100u, 262143u, 262144u, 262145u, 524288u, 1048577u, 5000000u}) {
        for (const auto& octets : {noise(size), prose(size), std::string(size, 'a')}) {
            const auto payload = take(pack(Blob(octets), folder.path()));
            CHECK(payload.stored.size() <= octets.size());
            CHECK((payload.codec == Codec::zstd) == (payload.stored.size() < octets.size()));
            const auto stored = store(folder, payload);
            std::string back;
            ok(unpack(stored.file, stored.record, {sha256(octets), octets.size()},
                      [&](std::string_view piece) -> Status {
                          back += piece;
                          return {};
                      }));
            CHECK(back == octets);
            ok(check_stored(stored.file, stored.record));
        }
    }
}

TEST_CASE("what is not the message that was stored is refused") {
    const TestFolder folder;
    const auto octets = prose(3000);
    const auto payload = take(pack(Blob(octets), folder.path()));
    const Sink ignore = [](std::string_view) { return Status{}; };
    auto stored = store(folder, payload);
    const auto code_for = [&](const MessageStored& expected) {
        return unpack(stored.file, stored.record, expected, ignore).error().code;
    };
    CHECK(code_for({sha256("other"), octets.size()}) == Errc::corrupt);
    CHECK(code_for({sha256(octets), octets.size() - 1}) == Errc::corrupt);
    CHECK(code_for({sha256(octets), octets.size() + 1}) == Errc::corrupt);
    stored.record.header.payload_crc ^= 1;
    CHECK(code_for({sha256(octets), octets.size()}) == Errc::corrupt);
    stored.record.header.payload_crc ^= 1;
    stored.record.header.codec = Codec{9};
    CHECK(code_for({sha256(octets), octets.size()}) == Errc::unsupported);
    stored = store(folder, {Codec::zstd, Blob(octets), 0});
    CHECK(code_for({sha256(octets), octets.size()}) == Errc::corrupt);
    stored = store(folder, payload);
    stored.record.header.payload_length -= 1;
    CHECK(code_for({sha256(octets), octets.size()}) == Errc::corrupt);
}

}  // namespace
}  // namespace mailhold::store::ledger
