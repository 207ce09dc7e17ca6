// render_chart FOLDER: writes the rendered templates of a Helm chart. Its standard input is a JSON object with the
// values, already merged with those of the chart, the chart's own description, and the release:
// {"Values": …, "Chart": …, "Release": …}. It has the template engine of Helm (text/template with Sprig) and the functions
// that Helm adds and this repository's chart uses: include, toYaml, required, fail. It is no Helm: it orders nothing,
// knows no cluster, and reads no sub-charts.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func toYaml(value any) (string, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

func required(message string, value any) (any, error) {
	if value == nil || value == "" {
		return nil, errors.New(message)
	}
	return value, nil
}

func render(folder string, data map[string]any) error {
	files, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	if err != nil {
		return err
	}
	// Helm takes these away: a chart must not depend on the machine that renders it.
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["toYaml"] = toYaml
	functions["required"] = required
	templates := template.New("chart").Option("missingkey=zero")
	functions["include"] = func(name string, value any) (string, error) {
		var text strings.Builder
		err := templates.ExecuteTemplate(&text, name, value)
		return text.String(), err
	}
	templates.Funcs(functions)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := templates.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return err
		}
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") {
			continue
		}
		var text strings.Builder
		if err := templates.ExecuteTemplate(&text, name, data); err != nil {
			return err
		}
		fmt.Printf("---\n# Source: %s\n%s\n", name, strings.ReplaceAll(text.String(), "<no value>", ""))
	}
	return nil
}

func main() {
	var data map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&data); err != nil {
		fmt.Fprintln(os.Stderr, "render_chart:", err)
		os.Exit(2)
	}
	if err := render(os.Args[1], data); err != nil {
		fmt.Fprintln(os.Stderr, "render_chart:", err)
		os.Exit(1)
	}
}
