// A folder that lives as long as its owner, for the tests of indexer. In memory where there is
// plenty: indexes sync at each commit, and whether the disk keeps them is not what these tests ask.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace mailhold::test {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        constexpr std::uintmax_t plenty = std::uintmax_t{512} << 20;
        std::error_code none;
        const bool in_memory = std::filesystem::space("/dev/shm", none).available > plenty && !none;
        const auto parent =
            in_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
        std::string pattern = (parent / "mailhold-index-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace mailhold::test
