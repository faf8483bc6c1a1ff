package public

import (
	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/representation"
)

// typeCacheControl: the metadata of a version never changes, because credentials
// carry its hash.
const typeCacheControl = "public, max-age=604800, immutable"

// types are the type metadata of every version of every document by path, as
// credentials of this origin name them in vct.
type types map[string]representation.File

func newTypes(c *catalog.Catalog, origin string) types {
	all := types{}
	for _, d := range c.Documents() {
		for _, version := range c.TypeVersions(d.ID) {
			all[catalog.TypePath(d.ID, version)] = representation.New(fiber.MIMEApplicationJSON, typeCacheControl, c.TypeMetadata(d.ID, version, origin))
		}
	}
	return all
}

// serve answers at the one address of a version: not at /vct/gplx/01.
func (t types) serve(c *fiber.Ctx) error {
	f, ok := t["/vct/"+c.Params("document")+"/"+c.Params("version")]
	if !ok {
		return fault.New(fault.CodeTypeUnknown, "no such type of credential")
	}
	return f.Send(c)
}
