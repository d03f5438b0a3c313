// What the tests of the ledger share: a folder that vanishes, a ledger in it, records to append.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "store/base/log.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_writer.hpp"
#include "store/ledger/octets_reader.hpp"
#include "store/ledger/payload.hpp"
#include "store/ledger/segment.hpp"

namespace mailhold::store::ledger {

// Where a test's folder is: in memory, where a sync costs nothing, for small tests that sync
// thousands of times.
enum class Kept { on_disk, in_memory };

class TestFolder {
  public:
    explicit TestFolder(Kept kept = Kept::on_disk) {
        auto parent = std::filesystem::temp_directory_path();
        if (kept == Kept::in_memory && ::access("/dev/shm", W_OK) == 0) parent = "/dev/shm";
        auto name = (parent / "mailhold-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path ledger() const { return path_ / "ledger"; }

  private:
    std::filesystem::path path_;
};

template <class T>
T take(Result<T> result) {
    INFO((result ? std::string() : result.error().text));
    REQUIRE(result.has_value());
    return std::move(*result);
}
inline void ok(const Status& status) {
    INFO((status ? std::string() : status.error().text));
    REQUIRE(status.has_value());
}

// Keeps what a test provokes out of its output.
struct QuietLog {
    QuietLog() { log::configure(log::Level::off); }
    ~QuietLog() { log::configure(log::Level::warning); }
};

inline constexpr UtcMicros noon{std::chrono::microseconds(1'700'000'000'000'000)};

inline LedgerOptions options_in(const TestFolder& folder, std::uint64_t segment_limit = 256 << 20) {
    return {.folder = folder.ledger(),
            .keys_folder = folder.path() / "keys",
            .segment_limit = segment_limit};
}

// Appends messages with these octets as one commit.
inline Result<std::vector<Place>> append(LedgerWriter& writer, const TestFolder& folder,
                                         const std::vector<std::string>& messages) {
    std::vector<Payload> payloads;
    std::vector<EncodedBody> bodies;
    for (const auto& octets : messages) {
        payloads.push_back(take(pack(Blob(octets), folder.path())));
        bodies.push_back(encode_body(MessageStored{sha256(octets), octets.size()}));
    }
    std::vector<Draft> drafts;
    for (std::size_t i = 0; i < messages.size(); ++i)
        drafts.push_back({bodies[i].kind, bodies[i].body, &payloads[i]});
    return writer.append(drafts, noon);
}

// The octets of all messages in the ledger, in order.
inline std::vector<std::string> messages_in(const TestFolder& folder, Sequence end) {
    OctetsReader octets(folder.ledger(), folder.path());
    std::vector<std::string> found;
    ok(for_each_record(folder.ledger(), Sequence{0}, end, [&](const Visited& visited) -> Status {
        const auto content = take(decode_body(visited.record.header.kind, visited.record.body));
        const auto& message = std::get<MessageStored>(content);
        found.emplace_back(take(octets.read(visited.place, message)).view());
        return {};
    }));
    return found;
}

}  // namespace mailhold::store::ledger
