#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tunnelkeyd::simulator {

/// Stands in for the secrets that a configuration refers to. Never looks at those.
class made_up_secrets {
public:
    /// The directory has to be there. Each secret is a file of mode 0600 in it.
    explicit made_up_secrets(std::filesystem::path directory);

    /// The file that stands in for what `{KIND: VALUE}` refers to: the same one each time, with a name that
    /// tells which it is. Throws std::system_error where it cannot be written.
    std::string stand_in(const std::string& kind, const std::string& value);

    /// What is in a file that stand_in() returned. Throws std::out_of_range for another.
    [[nodiscard]] const std::string& in(const std::string& file) const { return secrets_.at(file); }

private:
    [[nodiscard]] std::string unused_file(const std::string& name) const;

    std::filesystem::path directory_;
    std::map<std::pair<std::string, std::string>, std::string> files_;  ///< by kind and value
    std::map<std::string, std::string> secrets_;                        ///< by file
};

}  // namespace tunnelkeyd::simulator
