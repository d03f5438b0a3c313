#include "store/ledger/checkpoint.hpp"

#include <sys/stat.h>

#include <fstream>

#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

TEST_CASE("a key pair is made once, private, and signs what its public half verifies") {
    const TestFolder folder;
    const auto keys = folder.path() / "keys";
    CHECK(SigningKey::load(keys).error().code == Errc::not_found);
    const auto made = take(SigningKey::create(keys));
    struct stat info{};
    REQUIRE(::stat((keys / "signing.key").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    const auto signature = take(SigningKey::load(keys)).sign("text");
    const auto open = take(PublicKey::load(keys));
    CHECK(open.hex() == made.public_key().hex());
    CHECK(open.hex().size() == 64);
    CHECK(open.verify("text", signature));
    CHECK_FALSE(open.verify("Text", signature));
    CHECK(signature_from_base64(to_base64(signature)) == signature);
    CHECK_FALSE(signature_from_base64("AAAA"));
}

TEST_CASE("a checkpoint line says what was signed, and each altered character is found") {
    const TestFolder folder;
    const auto key = take(SigningKey::create(folder.path()));
    auto line = signed_line(ArchiveId{0xab}, 12, sha256("root"), noon, key);
    REQUIRE(line.back() == '\n');
    line.pop_back();
    const auto parsed = parse_checkpoint(line);
    REQUIRE(parsed);
    CHECK(parsed->archive == ArchiveId{0xab});
    CHECK(parsed->size == 12);
    CHECK(parsed->root == sha256("root"));
    CHECK(parsed->time == to_rfc3339(noon));
    CHECK(key.public_key().verify(parsed->signed_text, parsed->signature));
    for (std::size_t i = 0; i < line.size(); ++i) {
        auto altered = line;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        const auto found = parse_checkpoint(altered);
        CHECK_FALSE((found && key.public_key().verify(found->signed_text, found->signature)));
        CHECK_FALSE(parse_checkpoint(line.substr(0, i)));
    }
}

TEST_CASE("a checkpoint line torn at any byte is cut, and the one before it stands") {
    const QuietLog quiet;
    const TestFolder folder{Kept::in_memory};
    const auto key = take(SigningKey::create(folder.path()));
    const auto first = signed_line(ArchiveId{}, 1, sha256("1"), noon, key);
    const auto second = signed_line(ArchiveId{}, 2, sha256("2"), noon, key);
    for (std::size_t size = 0; size < second.size(); ++size) {
        std::ofstream(checkpoints_path(folder.path()), std::ios::trunc)
            << first << second.substr(0, size);
        const auto read = take(read_checkpoints(folder.path()));
        CHECK(read.checkpoints.size() == 1);
        CHECK(read.damaged.empty());
        auto log = take(CheckpointLog::open(folder.path()));
        REQUIRE(log.last());
        CHECK(log.last()->size == 1);
        ok(log.append(second));
        CHECK(take(read_file(checkpoints_path(folder.path()))) == first + second);
    }
}

TEST_CASE("damaged checkpoint lines are told from torn ones") {
    const TestFolder folder;
    const auto key = take(SigningKey::create(folder.path()));
    const auto line = signed_line(ArchiveId{}, 1, sha256("1"), noon, key);
    const auto write = [&](const std::string& text) {
        std::ofstream(checkpoints_path(folder.path()), std::ios::trunc) << text;
    };
    write("nonsense\n" + line);
    CHECK(take(read_checkpoints(folder.path())).damaged == std::vector<std::size_t>{1});
    CHECK(CheckpointLog::open(folder.path()));
    write(line + "nonsense\n");
    CHECK(take(read_checkpoints(folder.path())).damaged == std::vector<std::size_t>{2});
    CHECK(CheckpointLog::open(folder.path()).error().code == Errc::corrupt);
    write(line.substr(0, line.size() - 1) + "x");  // the line end itself was altered
    CHECK(take(read_checkpoints(folder.path())).damaged == std::vector<std::size_t>{1});
    CHECK(CheckpointLog::open(folder.path()).error().code == Errc::corrupt);
}

}  // namespace
}  // namespace mailhold::store::ledger
