#include "config/load.hpp"

#include "config/read_config.hpp"
#include "config/regular_file.hpp"

namespace tunnelkeyd::config {

namespace {

constexpr std::size_t largest = 64 * 1024 * 1024;

load_result failed(const std::string& name, const std::string& what) {
    load_result result;
    result.errors.push_back(name + ": " + what);
    return result;
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
    regular_file opened(name);
    if (!opened.problem().empty())
        return failed(name, "cannot be opened: " + opened.problem());
    if (opened.size() > largest)
        return failed(name, "larger than 64 MiB");
    std::string text(opened.size(), '\0');
    text.resize(opened.read(text.data(), text.size()));
    if (!opened.problem().empty())
        return failed(name, "cannot be read: " + opened.problem());
    return load_text(text, name, lookup);
}

}  // namespace tunnelkeyd::config
