// TokenKeeper: when it asks for a new token, and what it keeps.
#include "imap/client/token_keeper.hpp"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "store/base/file.hpp"

namespace mailhold::imap::client {
namespace {

struct Folder {
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "mailhold-token-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("a token is shared until it ends or is refused; a rotated refresh token is kept, 0600") {
    Folder folder;
    const auto file = folder.path / "tokens" / "alice";
    int asked = 0;
    std::string lives = "3600";
    std::string forms;
    TokenKeeper keeper(
        {"https://token", "", "id", {}, ""}, file,
        [&](const std::string&, const std::string& form) -> Result<net::HttpsAnswer> {
            forms += form + "\n";
            const auto n = std::to_string(++asked);
            return net::HttpsAnswer{200, "{\"access_token\":\"A" + n + "\",\"expires_in\":" +
                                             lives + ",\"refresh_token\":\"R" + n + "\"}"};
        });
    CHECK(keeper.access_token().error().code == Errc::auth);
    REQUIRE(TokenKeeper::keep(file, "R0"));
    CHECK(*keeper.access_token() == "A1");
    CHECK(*keeper.access_token() == "A1");
    CHECK(*read_file(file) == "R1\n");
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    keeper.refused();
    lives = "30";  // less than the margin: not worth keeping
    CHECK(*keeper.access_token() == "A2");
    CHECK(*keeper.access_token() == "A3");
    lives = "3600";
    CHECK(*keeper.access_token() == "A4");
    REQUIRE(TokenKeeper::keep(file, "consented anew"));
    CHECK(*keeper.access_token() == "A5");
    CHECK(forms.contains("refresh_token=consented%20anew"));
}

}  // namespace mailhold::imap::client
