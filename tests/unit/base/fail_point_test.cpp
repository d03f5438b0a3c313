#include "store/base/fail_point.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

namespace mailhold {

TEST_CASE("a fail point fails from its n-th reach on, until disarmed") {
    REQUIRE(fail_point::arm("here:3:error"));
    CHECK(fail_point::reach("here"));
    CHECK(fail_point::reach("elsewhere"));
    CHECK(fail_point::reach("here"));
    CHECK(fail_point::reach("here").error().code == Errc::io);
    CHECK(fail_point::reach("here").error().code == Errc::io);
    CHECK(fail_point::reach("elsewhere"));
    REQUIRE(fail_point::arm("here:1:no_space"));
    CHECK(fail_point::reach("here").error().code == Errc::no_space);
    REQUIRE(fail_point::arm(""));
    CHECK(fail_point::reach("here"));
}

TEST_CASE("a wrong specification is refused and arms nothing") {
    for (const char* wrong : {"here", "here:1", "here:0:error", "here:x:error", "here:-1:error",
                              "here:1x:error", "here::error", "here:1:explode", "here:1:", ":"}) {
        INFO(wrong);
        CHECK(fail_point::arm(wrong).error().code == Errc::invalid);
        CHECK(fail_point::reach("here"));
    }
}

TEST_CASE("the kill action ends the process at once") {
    const auto child = ::fork();
    if (child == 0) {
        if (!fail_point::arm("here:2:kill") || !fail_point::reach("here")) ::_exit(1);
        if (!fail_point::reach("here")) ::_exit(2);
        ::_exit(3);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
}

}  // namespace mailhold
