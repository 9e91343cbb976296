// Running the command line as a program of its own, in a folder of its own.
#pragma once

#include <filesystem>
#include <string>

namespace onceward::tests {

// What a program printed and how it ended.
struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// A new empty folder, removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  // Writes a file, with the folders it needs, and returns `name`.
  std::string write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  // Copies the shipped scenarios to scenarios/library, so that paths are as from the root.
  void copy_library() const;

  // Runs `onceward` with these arguments, as a shell reads them, in this folder; what a job of
  // GitHub sets is not there, unless `environment` ("NAME=value ...") says so.
  [[nodiscard]] Ran onceward(const std::string& arguments, const std::string& input = "",
                             const std::string& environment = "") const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] bool has(const std::string& text, const std::string& part);

[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace onceward::tests
