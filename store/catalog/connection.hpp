// The wall around SQLite: one connection with its prepared statements, and the one place where
// SQLite's exceptions become Error. Inside store/catalog code may throw SQLite::Exception or
// Failure; walled() lets neither out.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "store/base/digest.hpp"
#include "store/base/error.hpp"

namespace mailhold::store::catalog {

inline constexpr int busy_timeout_ms =
    10'000;  // two processes may recover the WAL at one time; one waits

// An error found below the wall.
struct Failure {
    Error error;
};

Error to_error(std::string_view doing, const SQLite::Exception& problem);

// Runs `body` and turns what it throws into an Error that says what was being done.
template <class Body>
auto walled(std::string_view doing, Body&& body) -> Result<std::invoke_result_t<Body>> {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
            std::forward<Body>(body)();
            return {};
        } else {
            return std::forward<Body>(body)();
        }
    } catch (const SQLite::Exception& problem) {
        return std::unexpected(to_error(doing, problem));
    } catch (const Failure& failure) {
        return std::unexpected(failure.error);
    }
}

// Octets for a BLOB column; they outlive the query.
struct Octets {
    std::string_view view;
};

// One run of a prepared statement: bound at construction, stepped through, reset by the destructor,
// so that no forgotten cursor keeps a transaction open.
class Query {
  public:
    template <class... Values>
    explicit Query(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
        int index = 0;
        (bind(++index, values), ...);
    }
    ~Query() { statement_.tryReset(); }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    bool step() { return statement_.executeStep(); }

    template <class T>
    T get(int column) const {
        const SQLite::Column value = statement_.getColumn(column);
        if constexpr (std::is_same_v<T, std::string>) {
            return value.getString();
        } else if constexpr (std::is_same_v<T, Digest>) {
            const auto digest = digest_from_bytes(value.getString());
            if (!digest) throw Failure{{Errc::corrupt, "catalog: a digest of a wrong length"}};
            return *digest;
        } else {
            return static_cast<T>(value.getInt64());  // integers, bool, ids
        }
    }
    bool is_null(int column) const { return statement_.getColumn(column).isNull(); }
    SQLite::Column column(int index) const { return statement_.getColumn(index); }
    int columns() const { return statement_.getColumnCount(); }

  private:
    void bind(int index, const std::string& value) { statement_.bind(index, value); }
    void bind(int index, const Octets& value) {
        statement_.bindNoCopy(index, value.view.data(), static_cast<int>(value.view.size()));
    }
    void bind(int index, const Digest& value) { bind(index, value.bytes); }
    template <std::size_t N>
    void bind(int index, const std::array<std::uint8_t, N>& value) {
        statement_.bind(index, value.data(), static_cast<int>(N));
    }
    template <class T>
        requires std::is_integral_v<T> || std::is_enum_v<T>
    void bind(int index, T value) {
        statement_.bind(index, static_cast<std::int64_t>(value));
    }

    template <class T>
    void bind(int index, const std::optional<T>& value) {
        value ? bind(index, *value) : statement_.bind(index);  // NULL
    }

    SQLite::Statement& statement_;
};

// One thread at a time.
class Connection {
  public:
    enum class Role {
        writer,  // creates the file if absent
        reader   // may take part in the recovery of the WAL, changes no row
    };
    Connection(const std::filesystem::path& file, Role role);
    ~Connection();

    // `sql` is a constant: its address is the key of the prepared statement.
    template <class... Values>
    Query query(const char* sql, const Values&... values) {
        return Query(prepared(sql), values...);
    }
    // Runs a statement that has no rows; the number of rows it changed.
    template <class... Values>
    int run(const char* sql, const Values&... values) {
        query(sql, values...).step();
        return database_.getChanges();
    }
    SQLite::Database& database() { return database_; }

  private:
    SQLite::Statement& prepared(const char* sql);

    SQLite::Database database_;
    std::unordered_map<const char*, SQLite::Statement> statements_;
};

}  // namespace mailhold::store::catalog
