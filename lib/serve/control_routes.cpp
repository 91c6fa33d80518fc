#include "serve/control_routes.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace tunnelkeyd::serve {

namespace {

/// Whether the path's segments are those of the form; sets `tunnel`.
bool fits(const std::vector<std::string>& segments, std::string_view form, std::string& tunnel) {
    for (const auto& segment : segments) {
        if (form.empty())
            return false;
        form.remove_prefix(1);  // the slash
        const auto expected = form.substr(0, form.find('/'));
        form.remove_prefix(expected.size());
        if (expected == "{name}" && !segment.empty())
            tunnel = segment;
        else if (segment != expected)
            return false;
    }
    return form.empty();
}

}  // namespace

std::optional<call_target> call_of(std::string_view target) {
    // A path with a query; or, as proxies send it, a whole URL.
    const auto url = boost::urls::parse_uri_reference(target);
    if (!url || !url->is_path_absolute())
        return std::nullopt;
    std::vector<std::string> segments;
    for (const auto& each : url->segments())
        segments.push_back(each);
    call_target found;
    for (const auto& form : call_forms) {
        if (!fits(segments, form.path, found.tunnel))
            continue;
        found.form = &form;
        for (const auto& each : url->params())
            if (each.has_value || !each.key.empty())  // not between two "&", or behind a "?" alone
                found.query.emplace_back(each.key, each.value);
        return found;
    }
    return std::nullopt;
}

}  // namespace tunnelkeyd::serve
