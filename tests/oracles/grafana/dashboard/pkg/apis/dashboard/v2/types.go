// Package v2 stands in for Grafana's own, which is part of a server that no module proxy offers whole.
//
// The linter reads dashboards of the second model with it. varve writes those of the first, so nothing here ever
// holds anything: these are the names that the linter needs in order to be compiled.
package v2

type DashboardSpec struct {
	Title       string
	Editable    *bool
	Elements    map[string]DashboardElement
	Variables   []DashboardVariableKind
	Annotations []DashboardAnnotationQueryKind
}

type DashboardElement struct{ PanelKind *DashboardPanelKind }

type DashboardPanelKind struct{ Spec DashboardPanelSpec }

type DashboardPanelSpec struct {
	Id          float64
	Title       string
	Description string
	VizConfig   DashboardVizConfigKind
	Data        DashboardQueryGroupKind
}

type DashboardVizConfigKind struct {
	Group string
	Spec  DashboardVizConfigSpec
}

type DashboardVizConfigSpec struct{ FieldConfig, Options map[string]any }

type DashboardQueryGroupKind struct{ Spec DashboardQueryGroupSpec }

type DashboardQueryGroupSpec struct{ Queries []DashboardPanelQueryKind }

type DashboardPanelQueryKind struct{ Spec DashboardPanelQuerySpec }

type DashboardPanelQuerySpec struct {
	RefId  string
	Hidden bool
	Query  DashboardDataQueryKind
}

type DashboardDataQueryKind struct {
	Group      string
	Datasource *DashboardDatasource
	Spec       map[string]any
}

type DashboardDatasource struct{ Name *string }

type DashboardAnnotationQueryKind struct{ Spec DashboardAnnotationQuerySpec }

type DashboardAnnotationQuerySpec struct {
	Name  string
	Query DashboardDataQueryKind
}

type DashboardVariableRefresh string

const (
	DashboardVariableRefreshOnTimeRangeChanged DashboardVariableRefresh = "onTimeRangeChanged"
	DashboardVariableRefreshOnDashboardLoad    DashboardVariableRefresh = "onDashboardLoad"
)

type DashboardVariableKind struct {
	QueryVariableKind      *Variable[DashboardDataQueryKind]
	DatasourceVariableKind *Variable[string]
	CustomVariableKind     *Variable[string]
	IntervalVariableKind   *Variable[string]
	ConstantVariableKind   *Variable[string]
	TextVariableKind       *Variable[string]
	AdhocVariableKind      *Variable[string]
	GroupByVariableKind    *Variable[string]
	SwitchVariableKind     *Variable[string]
}

type Variable[Query any] struct{ Spec VariableSpec[Query] }

type VariableSpec[Query any] struct {
	Name     string
	Label    *string
	Multi    bool
	AllValue *string
	Refresh  DashboardVariableRefresh
	PluginId string
	Query    Query
}
