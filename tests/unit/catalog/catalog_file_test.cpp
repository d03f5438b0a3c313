// The file: created, refused when it is something else, readable after an unclean end and from
// another process.
#include <SQLiteCpp/Database.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "script.hpp"
#include "store/base/file.hpp"

namespace mailhold::store::catalog::test {
namespace {

constexpr char some_mail[] = "store a\n store b\n see INBOX/7:1 a\n see INBOX/7:2 b \\Seen";
constexpr char shown_mail[] = "All mail 1:a() 2:b(\\Seen)\nINBOX 1:a() 2:b(\\Seen)\n";

// Runs `body` in a process that ends without cleaning up; its exit status, or 128 and the signal.
template <class Body>
int in_another_process(Body body) {
    const auto child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void put(const std::filesystem::path& path, std::string_view octets) {
    std::ofstream(path, std::ios::binary) << octets;
}

}  // namespace

TEST_CASE("a catalog is made from nothing and found again") {
    const Folder folder;
    CHECK(CatalogReader::open(folder.catalog()).error().code == Errc::not_found);
    {
        const auto writer = CatalogWriter::open(folder.catalog()).value();
        CHECK(writer->next() == Sequence{0});
        REQUIRE(apply_all(*writer, records_of(some_mail)));
    }
    CHECK(CatalogWriter::open(folder.catalog()).value()->next() == Sequence{4});
    CHECK(shown(*CatalogReader::open(folder.catalog()).value()) == shown_mail);
    REQUIRE(CatalogWriter::discard(folder.catalog()));
    CHECK(std::filesystem::is_empty(folder.path));
    CHECK(CatalogWriter::open(folder.catalog()).value()->next() == Sequence{0});
}

TEST_CASE("a file that is no catalog is corrupt, and is left as it is") {
    const Folder folder;
    const auto refused = [&](const char* what) {
        INFO(what);
        const auto octets = read_file(folder.catalog()).value();
        const auto writer = CatalogWriter::open(folder.catalog());
        REQUIRE_FALSE(writer);
        CHECK(writer.error().code == Errc::corrupt);
        const auto reader = CatalogReader::open(folder.catalog());
        REQUIRE_FALSE(reader);
        CHECK(reader.error().code == Errc::corrupt);
        CHECK(read_file(folder.catalog()).value() == octets);
        REQUIRE(CatalogWriter::discard(folder.catalog()));
    };
    put(folder.catalog(), std::string(5000, 'x'));
    refused("no database");
    {
        SQLite::Database(folder.catalog(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE t (i)");
    }
    refused("a database of something else");
    {
        CatalogWriter::open(folder.catalog()).value();
    }
    {
        SQLite::Database(folder.catalog(), SQLite::OPEN_READWRITE)
            .exec("PRAGMA user_version = 999");
    }
    refused("a catalog of the future");

    put(folder.catalog(), "");
    CHECK(CatalogReader::open(folder.catalog()).error().code == Errc::not_found);
    CHECK(CatalogWriter::open(folder.catalog()));
}

TEST_CASE("damage inside is an error, not an answer") {
    const Folder folder;
    {
        const auto writer = CatalogWriter::open(folder.catalog()).value();
        REQUIRE(apply_all(*writer, records_of(some_mail)));
    }
    auto octets = read_file(folder.catalog()).value();
    REQUIRE(octets.size() > 8192);
    std::fill(octets.begin() + 4096, octets.end(), 'x');
    put(folder.catalog(), octets);
    const auto writer = CatalogWriter::open(folder.catalog());
    REQUIRE_FALSE(writer);
    CHECK(writer.error().code == Errc::corrupt);
    CHECK(writer.error().text.find("rebuild") != std::string::npos);
}

TEST_CASE("after kill -9 the first reader finds everything that was committed") {
    const Folder folder;
    CHECK(in_another_process([&] {
              const auto writer = CatalogWriter::open(folder.catalog());
              if (!writer || !apply_all(**writer, records_of(some_mail))) return 1;
              return ::kill(::getpid(), SIGKILL);
          }) == 128 + SIGKILL);
    CHECK(std::filesystem::file_size(folder.catalog().string() + "-wal") > 0);
    CHECK(shown(*CatalogReader::open(folder.catalog()).value()) == shown_mail);
    CHECK(CatalogWriter::open(folder.catalog()).value()->next() == Sequence{4});
}

TEST_CASE("a reader in another process follows the writer") {
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    const auto reader = [&] {
        return in_another_process([&] {
            const auto other = CatalogReader::open(folder.catalog());
            return other ? static_cast<int>((*other)->totals().value().messages) : 99;
        });
    };
    CHECK(reader() == 0);
    REQUIRE(apply_all(*writer, records_of(some_mail)));
    CHECK(reader() == 2);
    REQUIRE(apply_all(*writer, records_of("store c", 4)));
    CHECK(reader() == 3);
}

TEST_CASE("a reader that may not write beside the file says so") {
    const Folder folder;
    {
        const auto writer = CatalogWriter::open(folder.catalog()).value();
        REQUIRE(apply_all(*writer, records_of(some_mail)));
    }
    std::filesystem::remove(folder.catalog().string() + "-wal");
    std::filesystem::remove(folder.catalog().string() + "-shm");
    ::chmod(folder.catalog().c_str(), 0644);
    ::chmod(folder.path.c_str(), 0555);
    const auto as_nobody = in_another_process([&] {
        if (::geteuid() == 0 && ::seteuid(65534) != 0) return 1;
        const auto reader = CatalogReader::open(folder.catalog());
        if (reader) return 2;
        if (reader.error().code != Errc::denied) return 3;
        return reader.error().text.find("must be writable") == std::string::npos ? 4 : 0;
    });
    ::chmod(folder.path.c_str(), 0755);
    CHECK(as_nobody == 0);
    CHECK(shown(*CatalogReader::open(folder.catalog()).value()) == shown_mail);
}

}  // namespace mailhold::store::catalog::test
