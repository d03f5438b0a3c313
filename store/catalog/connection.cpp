#include "store/catalog/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdint>

namespace mailhold::store::catalog {
namespace {

constexpr char writer_pragmas[] =
    "PRAGMA synchronous = NORMAL;"  // the ledger is the truth: a lost last commit is applied again
    "PRAGMA foreign_keys = ON;"
    "PRAGMA cache_size = -65536;"
    "PRAGMA journal_size_limit = 67108864;";
constexpr char reader_pragmas[] =
    "PRAGMA query_only = ON;"
    "PRAGMA cache_size = -16384;";

// A reader opens for writing too: whoever comes first after an unclean end has to rebuild the WAL's
// index, which a read-only connection cannot. SQLite itself falls back to read-only where the file
// may not be written. A connection is one thread's at a time: SQLite need not lock it for every
// column, which takes a fifth of a large answer's time.
int flags_of(Connection::Role role) {
    return SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX |
           (role == Connection::Role::writer ? SQLite::OPEN_CREATE : 0);
}

Errc code_of(const SQLite::Exception& problem) {
    switch (problem.getErrorCode()) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_CONSTRAINT:
            return Errc::corrupt;
        case SQLITE_FULL:
            return Errc::no_space;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Errc::locked;
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
            return Errc::denied;
        default:
            return Errc::io;
    }
}

}  // namespace

Error to_error(std::string_view doing, const SQLite::Exception& problem) {
    const auto code = code_of(problem);
    const char* hint = "";
    if (code == Errc::denied) {
        hint =
            " (the file and its folder must be writable for this user, also for reading: SQLite "
            "keeps its -wal and"
            " -shm files beside it; run as the owner of the data)";
    } else if (code == Errc::corrupt) {
        hint = " (it can be made again from the ledger: mailhold rebuild)";
    }
    return {code, fmt::format("{}: {}{}", doing, problem.what(), hint)};
}

Connection::Connection(const std::filesystem::path& file, Role role)
    : database_(file.string(), flags_of(role), busy_timeout_ms) {
    database_.exec(role == Role::writer ? writer_pragmas : reader_pragmas);
    if (role ==
        Role::reader) {  // the last one to close would else write the WAL back into the file
        sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
}

Connection::~Connection() = default;

SQLite::Statement& Connection::prepared(const char* sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second;
    return statements_.try_emplace(sql, database_, sql).first->second;
}

}  // namespace mailhold::store::catalog
