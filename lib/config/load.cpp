#include "config/load.hpp"

#include "config/read_config.hpp"
#include "files/regular_file.hpp"

#include <cerrno>
#include <utility>

namespace tunnelkeyd::config {

namespace {

constexpr std::size_t largest = 64 * 1024 * 1024;

load_result failed(const std::string& name, const std::string& what) {
    load_result result;
    result.errors.push_back(name + ": " + what);
    return result;
}

struct text_of_file {
    std::string text;
    std::string problem;  ///< "": it is all there
};

/// Behind the problem.
std::string remedy(int error) {
    if (error == EACCES)
        return "; it must be readable for the daemon's user, and for whoever runs this (sudo -u tunnelkeyd)";
    return error == ENOENT ? "; write it, or name another one" : "";
}

text_of_file read_text(const std::string& name) {
    files::regular_file opened(name);
    if (!opened.problem().empty())
        return {"", "cannot be opened: " + opened.problem() + remedy(opened.error())};
    if (opened.size() > largest)
        return {"", "larger than 64 MiB"};
    std::string text(opened.size(), '\0');
    text.resize(opened.read(text.data(), text.size()));
    if (!opened.problem().empty())
        return {"", "cannot be read: " + opened.problem()};
    return {std::move(text), ""};
}

}  // namespace

load_result load_text(std::string_view text, std::string_view name, const environment& lookup) {
    if (text.starts_with("\xEF\xBB\xBF"))  // a byte order mark, which stands in no column
        text.remove_prefix(3);
    load_result result;
    problems errors;
    problems warnings;
    yaml_tree tree;
    tree.parse(text, errors);
    if (tree.root() != nullptr && tree.root()->type == node::kind::null) {
        errors.add({}, "nothing stands in this file; begin with \"version: 1\"");
    } else if (tree.root() != nullptr) {
        const field top{tree.root(), {}, &errors};
        result.value = read_config(top, lookup, warnings);
    }
    if (!errors.empty())
        result.value.reset();
    result.errors = errors.texts(name, text);
    result.warnings = warnings.texts(name, text);
    return result;
}

load_result load_file(const std::filesystem::path& file, const environment& lookup) {
    const auto& name = file.native();
    auto found = read_text(name);
    return found.problem.empty() ? load_text(found.text, name, lookup) : failed(name, found.problem);
}

bool may_name_control_socket(const std::filesystem::path& file) {
    const auto found = read_text(file.native());
    // An escape could spell it, too.
    return !found.problem.empty() || found.text.find("socket") != std::string::npos ||
           found.text.find('\\') != std::string::npos;
}

}  // namespace tunnelkeyd::config
